"""Programs as users of other clients write them; all that is the emulator's is the address and the token."""

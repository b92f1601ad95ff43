"""The shop's areas."""

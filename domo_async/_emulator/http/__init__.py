"""The HTTP server: what every request passes through, and the routes about the emulator itself."""

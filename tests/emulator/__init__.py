"""Tests of the embedded instance, with a client that knows nothing of the library's own."""

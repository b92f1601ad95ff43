"""The synchronous facade: its machinery, its generator, and that it is whole."""

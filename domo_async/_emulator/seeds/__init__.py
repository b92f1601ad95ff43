"""The demo world, and the methods that add things for tests."""

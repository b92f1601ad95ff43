"""Persistence: the state on disk, the contents of files, and worlds."""

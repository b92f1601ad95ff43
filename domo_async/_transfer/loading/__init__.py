"""Folders whose files are loaded into a dataset, each once, however often and by whom that is tried."""

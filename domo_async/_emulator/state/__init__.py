"""The state of an instance: datasets, records, and what changed and is not yet saved. No HTTP, no files, no SQL."""

"""The state of an instance: datasets, records and unsaved changes, without HTTP, files or SQL."""

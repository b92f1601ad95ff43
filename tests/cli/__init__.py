"""The command line, against an embedded instance on a thread."""

"""Measurements of the client against what the machine can do. Run `python -m benchmarks --help`."""

"""The areas, beyond what the contract says of single calls."""

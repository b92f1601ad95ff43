"""JSON and types."""

"""Streams: `domo.streams`."""

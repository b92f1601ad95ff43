"""Search over all content of the instance: `domo.search`."""

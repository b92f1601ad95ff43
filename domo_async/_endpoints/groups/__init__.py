"""Groups and their members: `domo.groups`."""

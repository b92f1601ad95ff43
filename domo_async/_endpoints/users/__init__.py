"""Users: `domo.users`."""

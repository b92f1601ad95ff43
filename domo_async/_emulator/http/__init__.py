"""HTTP: reading requests, writing answers, connections, limits and the request log."""

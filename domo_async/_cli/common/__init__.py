"""Parts that several commands share: the connection, output, exit codes, ways to name dates, sizes and keys."""

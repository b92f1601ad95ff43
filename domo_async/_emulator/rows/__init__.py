"""The rows of datasets: arriving parts, DuckDB tables, and queries over them."""

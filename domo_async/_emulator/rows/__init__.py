"""The rows of datasets: parts that arrive, tables of DuckDB, queries over them."""

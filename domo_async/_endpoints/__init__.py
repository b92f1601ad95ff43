"""The areas of the API, one module or package each. Knows no HTTP library."""

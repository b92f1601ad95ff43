"""Loading of a folder's files into a dataset, each exactly once, no matter how often and by whom the load is run."""

"""Datasets: `domo.datasets`."""

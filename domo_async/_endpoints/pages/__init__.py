"""Pages (dashboards): `domo.pages`."""

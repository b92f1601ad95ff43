"""Scheduled reports: `domo.reports`."""

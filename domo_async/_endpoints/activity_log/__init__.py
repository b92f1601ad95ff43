"""The activity log: `domo.activity_log`."""

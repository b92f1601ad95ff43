"""The destination for dlt; its public module is `domo_async.dlt`."""

"""The data source for Apache Spark; its public module is `domo_async.spark`."""

"""The data source for Apache Spark: `domo_async.spark` is its public face."""

"""The provider for Apache Airflow; its public module is `domo_async.airflow`."""

"""The Java process behind a Spark session of this process."""

from __future__ import annotations

from pyspark import SparkContext


def end_java() -> None:
    """End it, so that the next session begins anew."""
    gateway = SparkContext._gateway
    assert gateway is not None
    java = gateway.proc
    gateway.shutdown()
    java.stdin.close()
    java.wait(30)
    SparkContext._gateway = SparkContext._jvm = None

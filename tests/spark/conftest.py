"""One local Spark for all of these tests, and an embedded instance for each."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from domo_async.emulator import Emulator
from domo_async.sync import Domo
from tests.support import needs

ROOT = Path(__file__).parent.parent.parent
PANDAS = "ignore:PySpark does not yet fully support pandas:FutureWarning"
OLDEST = importlib.util.find_spec("pyspark") is not None and version("pyspark").startswith("4.0.")
# PySpark 4.0 leaves the sockets that its results came through to the garbage collector.
SOCKETS = (
    "ignore:unclosed <socket:ResourceWarning",
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.spark)
            item.add_marker(pytest.mark.xdist_group("spark"))
            item.add_marker(pytest.mark.filterwarnings(PANDAS))
            for each in SOCKETS if OLDEST else ():
                item.add_marker(pytest.mark.filterwarnings(each))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on this machine, in which a task that fails is tried once more."""
    needs("pyspark", extra="spark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java")
    from pyspark.sql import SparkSession

    from domo_async.spark import DomoDataSource
    from tests.spark.java import end_java

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
        patch.setenv("PYTHONWARNINGS", "ignore")
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        for name in ("DOMO_INSTANCE", "DOMO_BASE_URL", "DOMO_DEVELOPER_TOKEN"):
            patch.delenv(name, raising=False)
        options = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "1g",
            # Quick to start rather than quick for long.
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
            "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
            "spark.sql.session.timeZone": "America/New_York",
            "spark.sql.python.filterPushdown.enabled": "true",
            "spark.log.level": "OFF",
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.master("local[2,2]").appName("domo-async")
        for name, value in options.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.dataSource.register(DomoDataSource)
        try:
            yield session
        finally:
            session.stop()
            end_java()


@pytest.fixture
def instance() -> Iterator[Emulator]:
    """An instance of the test's own: tasks that Spark gave up may ask that of an earlier test for a while yet."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def portal(instance: Emulator) -> Iterator[Domo]:
    """A client beside Spark, to look at what Domo holds."""
    with instance.sync_client() as domo:
        yield domo


@pytest.fixture
def save(instance: Emulator) -> Callable[..., None]:
    """Write a frame: ``save(df, dataset, mode="append", zone="…")``."""

    def write(frame: Any, dataset: str | None = None, *, mode: str = "overwrite", **options: object) -> None:
        chosen = {"instance": instance.url, "token": instance.token, **options}
        if dataset is not None:
            chosen["dataset"] = dataset
        frame.write.format("domo").options(**chosen).mode(mode).save()

    return write


@pytest.fixture
def load(spark: Any, instance: Emulator) -> Callable[..., Any]:
    """Return a frame: ``load(dataset, columns="…")``."""

    def read(dataset: str, *, schema: str | None = None, **options: object) -> Any:
        reader = spark.read.format("domo").options(instance=instance.url, token=instance.token, **options)
        return (reader.schema(schema) if schema is not None else reader).load(dataset)

    return read

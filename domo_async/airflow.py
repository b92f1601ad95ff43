"""A hook and operators for Apache Airflow 3: uploads to datasets, and waiting for dataflows and workflows.

Needs ``pip install "domo-async[airflow]"`` where dags are parsed and run. Airflow finds the provider by itself, and
with it connections of the type ``domo``: the host is the instance, and the password a developer token.

```python
from airflow.sdk import DAG
from domo_async.airflow import DomoUploadOperator, DomoWaitOperator

with DAG("nightly", schedule="@daily"):
    upload = DomoUploadOperator(task_id="upload", dataset_id="…", source="/data/{{ ds }}/*.csv")
    clean = DomoWaitOperator(task_id="clean", dataflow_id=12, deferrable=True)
    upload >> clean
```
"""

from __future__ import annotations

from domo_async.errors import ConfigError

try:
    from domo_async._airflow.hook import DomoHook
    from domo_async._airflow.operators import DomoUploadOperator, DomoWaitOperator
    from domo_async._airflow.trigger import DomoWaitTrigger
except ModuleNotFoundError as _missing:
    if str(_missing.name).partition(".")[0] != "airflow":
        raise
    raise ConfigError('this needs Apache Airflow 3: pip install "domo-async[airflow]"') from _missing

__all__ = ["DomoHook", "DomoUploadOperator", "DomoWaitOperator", "DomoWaitTrigger"]

"""A dag for Apache Airflow 3: upload what arrived, run a dataflow on it, and have the result approved.

    pip install "domo-async[airflow]"
    cp examples/airflow_dag.py "$AIRFLOW_HOME/dags/"
    airflow connections add domo_default --conn-type domo --conn-host acme --conn-password TOKEN
    airflow variables set domo_orders DATASET; airflow variables set domo_cleaning DATAFLOW
    airflow dags test nightly_orders

For an instance without an account: domo-async emulator --port 8080, and its address as --conn-host.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import DAG, chain

from domo_async.airflow import DomoUploadOperator, DomoWaitOperator

with DAG(
    "nightly_orders",
    schedule="@daily",
    start_date=datetime(2025, 1, 1),  # noqa: DTZ001 - in Airflow's own zone
    catchup=False,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
):
    # Tried again after failures that may pass. With a journal, on a disk that all workers share, no attempt can double
    # the rows of another.
    upload = DomoUploadOperator(
        task_id="upload",
        dataset_id="{{ var.value.domo_orders }}",
        source="{{ var.value.get('domo_arrivals', '/data') }}/orders-*.csv",
        options={
            "action": "APPEND",
            "resume": "{{ var.value.get('domo_arrivals', '/data') }}/{{ run_id | replace(':', '-') }}.journal",
        },
    )
    # Waits in the triggerer, which takes no worker's slot.
    clean = DomoWaitOperator(task_id="clean", dataflow_id="{{ var.value.domo_cleaning }}", deferrable=True)
    chain(upload, clean)

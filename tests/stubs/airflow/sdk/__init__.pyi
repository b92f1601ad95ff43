import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn, Self

from airflow.triggers.base import BaseTrigger

class Context(Mapping[str, Any]): ...

class Connection:
    conn_id: str
    host: str | None
    schema: str | None
    login: str | None
    password: str | None
    port: int | None
    extra_dejson: dict[str, Any]

class BaseHook:
    log: logging.Logger
    def __init__(self, logger_name: str | None = None) -> None: ...
    @classmethod
    def get_connection(cls, conn_id: str) -> Connection: ...
    @classmethod
    async def aget_connection(cls, conn_id: str) -> Connection: ...

class BaseOperator:
    task_id: str
    log: logging.Logger
    def __init__(self, *, task_id: str, **kwargs: Any) -> None: ...
    def execute(self, context: Context) -> Any: ...
    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any: ...
    def on_kill(self) -> None: ...
    def defer(
        self,
        *,
        trigger: BaseTrigger,
        method_name: str,
        kwargs: dict[str, Any] | None = None,
        timeout: timedelta | float | None = None,
    ) -> NoReturn: ...

class DAG:
    def __init__(self, dag_id: str, **kwargs: Any) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *args: object) -> None: ...

def chain(*tasks: BaseOperator) -> None: ...

from airflow.triggers.base import BaseTrigger

class AirflowException(Exception): ...
class AirflowFailException(AirflowException): ...

class TaskDeferred(BaseException):
    trigger: BaseTrigger

"""Errors of the SDK as Airflow's: those after which a task may be tried again, and those after which it must not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowTaskTimeout

from domo_async._display import with_notes
from domo_async._passing import may_pass
from domo_async.errors import DomoError

__all__ = ["airflow_error", "as_airflow_errors"]


def airflow_error(error: DomoError, *, repeatable: bool) -> Exception:
    """Return the error for a task that failed.

    Args:
        error: Why it failed.
        repeatable: Whether doing all of it once more does no harm, even if it took effect.
    """
    again = may_pass(error) and (repeatable or not error.in_doubt)
    return (AirflowException if again else AirflowFailException)(with_notes(error))


@contextmanager
def as_airflow_errors(*, repeatable: bool) -> Iterator[None]:
    """Raise Airflow's errors for those of the SDK; see `airflow_error`.

    Airflow would also repeat what its ``execution_timeout`` ended, whose outcome is not known.
    """
    try:
        yield
    except DomoError as error:
        raise airflow_error(error, repeatable=repeatable) from error
    except AirflowTaskTimeout as error:
        if repeatable:
            raise
        raise AirflowFailException(
            "the task's execution_timeout ended it, and it may have taken effect: look before you run it again"
        ) from error

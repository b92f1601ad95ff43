"""Enums that stay open."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async._wire import OpenEnum, decode, dumps, unstructure


class Status(OpenEnum):
    """As a workflow has it."""

    RUNNING = "IN_PROGRESS"
    DONE = "COMPLETED"


@given(st.text())
def test_any_string_survives_as_a_value(text: str) -> None:
    """Known or not."""
    status = Status(text)

    assert isinstance(status, Status)
    assert text == status
    assert text == status.value
    assert hash(text) == hash(status)
    assert status == pickle.loads(pickle.dumps(status))
    assert status == copy.deepcopy(status)
    assert (text in {"IN_PROGRESS", "COMPLETED"}) is status.known


def test_known_members_are_themselves() -> None:
    """So `is` works for them."""
    assert Status.RUNNING is Status("IN_PROGRESS")
    assert Status.RUNNING.known


def test_unknown_values_are_not_remembered() -> None:
    """Answers must not grow the enum."""
    assert not Status("PAUSED").known
    assert Status("PAUSED") == Status("PAUSED")
    assert [Status.RUNNING, Status.DONE] == list(Status)


@pytest.mark.parametrize("value", [None, 1, True, b"COMPLETED", ["COMPLETED"]])
def test_a_value_that_is_not_a_string_is_refused(value: object) -> None:
    """Openness is about strings."""
    with pytest.raises(ValueError, match="not a valid Status"):
        Status(value)  # type: ignore[arg-type]


def test_unknown_values_go_back_as_they_came() -> None:
    """Through JSON both ways, as a key too, once unstructured."""
    status = decode(b'"PAUSED"', Status)

    assert b'"PAUSED"' == dumps(status)
    assert b'{"PAUSED":1}' == dumps(unstructure({status: 1}))
    assert "<Status.PAUSED: 'PAUSED'>" == repr(status)

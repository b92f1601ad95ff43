"""The arithmetic of trying again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import APIError, ConfigError, ConnectError, DecodeError, Retries, TransportError
from domo_async._transport import retry_delay
from domo_async._transport.responses import parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


DOMO_S = '{"status":503,"message":"no","toe":"T"}'


def answered(status: int, retry_after: float | None = None, body: str = "") -> APIError:
    return APIError.for_status(status, message="no", method="GET", path="/", retry_after=retry_after, body=body)


def delay(error, *, attempt=1, idempotent=True, chance=1.0, **policy):
    return retry_delay(Retries(**policy), error, attempt=attempt, idempotent=idempotent, chance=chance)


@pytest.mark.parametrize(
    ("error", "repeats_get", "repeats_post"),
    [
        (ConnectError("refused"), True, True),
        (TransportError("lost"), True, False),
        (answered(429), True, True),
        (answered(503, retry_after=1, body=DOMO_S), True, True),
        (answered(503, retry_after=1, body="<html>down</html>"), True, False),
        (answered(503, retry_after=1), True, False),
        (answered(503, body=DOMO_S), True, False),
        (answered(503), True, False),
        (answered(500), True, False),
        (answered(502), True, False),
        (answered(504), True, False),
        (answered(408), True, False),
        (answered(400), False, False),
        (answered(401), False, False),
        (answered(404), False, False),
        (answered(409), False, False),
        (answered(501), False, False),
        (DecodeError("odd"), False, False),
        (ConfigError("wrong"), False, False),
    ],
)
def test_only_what_surely_did_no_harm_is_sent_again(error, repeats_get, repeats_post):
    assert repeats_get == (delay(error, idempotent=True) is not None)
    assert repeats_post == (delay(error, idempotent=False) is not None)


def test_the_last_attempt_is_the_last():
    assert delay(answered(500), attempt=4, attempts=5) is not None
    assert delay(answered(500), attempt=5, attempts=5) is None
    assert delay(answered(500), attempt=1, attempts=1) is None


@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(0, 100), st.floats(0, 100))
def test_waits_grow_but_stay_bounded(attempt, chance, first, most):
    waited = delay(answered(500), attempt=attempt, chance=chance, attempts=10**6, first_delay=first, max_delay=most)

    assert waited is not None
    assert 0 <= waited <= min(most, first * 2 ** min(attempt - 1, 60))


@given(st.floats(0, 120), st.floats(0, 1))
def test_what_the_instance_asks_for_is_the_least(asked, chance):
    waited = delay(answered(429, asked), chance=chance)

    assert waited is not None
    assert asked <= waited <= asked + 0.5


def test_a_longer_wait_than_allowed_is_not_begun():
    assert delay(answered(429, 121)) is None


@given(st.integers(-5000, 5000))
def test_retry_after_may_be_seconds_or_a_date(seconds):
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert max(0, seconds) == parse_retry_after(str(seconds), NOW)
    assert max(0, seconds) == parse_retry_after(date, NOW)


@given(st.text())
def test_any_other_retry_after_counts_as_absent(text):
    found = parse_retry_after(text, NOW)

    assert found is None or 0 <= found < float("inf")

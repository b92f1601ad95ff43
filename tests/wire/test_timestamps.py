"""Every way in which Domo writes an instant."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domo_async._wire import TimestampForm, dumps, loads
from domo_async.errors import ConfigError, DecodeError

PRECISION = {
    TimestampForm.EPOCH_MILLIS: timedelta(milliseconds=1),
    TimestampForm.EPOCH_SECONDS: timedelta(microseconds=1),
    TimestampForm.EPOCH_NANOS: timedelta(microseconds=1),
    TimestampForm.COMPACT: timedelta(milliseconds=1),
    TimestampForm.ISO: timedelta(milliseconds=1),
    TimestampForm.ISO_SECONDS: timedelta(seconds=1),
    TimestampForm.ISO_MICROS: timedelta(microseconds=1),
    TimestampForm.ISO_OFFSET: timedelta(milliseconds=1),
    TimestampForm.SPACED: timedelta(seconds=1),
    TimestampForm.SPACED_FRACTION: timedelta(microseconds=1),
}
EARLIEST = datetime.min.replace(tzinfo=UTC)
forms = st.sampled_from(TimestampForm)
offsets = st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
# A day away from both ends of the calendar, beyond which not every instant has a date in UTC.
moments = st.datetimes(
    EARLIEST.replace(tzinfo=None, day=2),
    EARLIEST.replace(tzinfo=None, year=9999, month=12, day=30),
    timezones=st.one_of(st.just(UTC), offsets, st.timezones()),
)
# What JSON can hold and what it cannot: a caller may hand on anything.
garbage = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers().map(lambda n: n * 10**5000),
    st.floats(),
    st.decimals(),
    st.text(),
    st.text(st.characters(categories=["Cs"]), min_size=19),
    st.from_regex(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{0,12})?(Z|[+-]\d{2}:?\d{2})?"),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.integers()),
    st.binary(),
)


@given(forms, moments)
def test_what_is_formatted_parses_to_the_same_instant_cut_to_the_precision(
    form: TimestampForm, moment: datetime
) -> None:
    """Cut means towards the past; numbers that could be of another unit or compact by their magnitude left aside."""
    moment = moment.astimezone(UTC)
    years = {
        "EPOCH_MILLIS": (1974, 2571),
        "EPOCH_SECONDS": (1, 5000),
        "EPOCH_NANOS": (1, 5000),
        "COMPACT": (1900, 2199),
    }
    first, last = years.get(form.name, (1, 9999))
    assume(first <= moment.year <= last)
    cut = moment - (moment - EARLIEST) % PRECISION[form]

    parsed = form.parse(form.format(moment))

    assert cut == parsed
    assert timedelta(0) == parsed.utcoffset()


@given(forms, moments)
def test_a_formatted_instant_survives_json(form: TimestampForm, moment: datetime) -> None:
    """The digits of numbers included."""
    value = form.format(moment)

    assert form.parse(value) == form.parse(loads(dumps(value), exact=True))


@given(forms, moments)
def test_the_zone_of_a_datetime_does_not_change_the_instant(form: TimestampForm, moment: datetime) -> None:
    """Formatting goes by UTC."""
    assert form.format(moment.astimezone(UTC)) == form.format(moment)


@given(forms, garbage)
def test_a_value_that_is_not_a_timestamp_gives_a_decode_error(form: TimestampForm, value: object) -> None:
    """And what is one, an aware datetime."""
    try:
        moment = form.parse(value)
    except DecodeError as error:
        message = error.message
    else:
        assert moment.utcoffset() is not None
        return

    assert form.example in message
    assert len(message) < 200


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (TimestampForm.EPOCH_MILLIS, 1734458216125, "2024-12-17T17:56:56.125+00:00"),
        (TimestampForm.EPOCH_MILLIS, 0, "1970-01-01T00:00:00+00:00"),
        (TimestampForm.EPOCH_MILLIS, -(10**12), "1938-04-24T22:13:20+00:00"),
        (TimestampForm.EPOCH_MILLIS, 1603811235, "2020-10-27T15:07:15+00:00"),
        (TimestampForm.EPOCH_MILLIS, "1734458216125", "2024-12-17T17:56:56.125+00:00"),
        (TimestampForm.EPOCH_MILLIS, "2024-12-17 17:56:56.125", "2024-12-17T17:56:56.125+00:00"),
        (TimestampForm.EPOCH_MILLIS, 253_402_300_799_999, "9999-12-31T23:59:59.999+00:00"),
        (TimestampForm.EPOCH_MILLIS, 20220513224325, "2022-05-13T22:43:25+00:00"),
        (TimestampForm.EPOCH_MILLIS, 20221313224325, "2610-10-15T23:27:04.325+00:00"),
        (TimestampForm.EPOCH_SECONDS, 1734458216125, "2024-12-17T17:56:56.125+00:00"),
        (TimestampForm.EPOCH_SECONDS, 1734458216125000, "2024-12-17T17:56:56.125+00:00"),
        (TimestampForm.EPOCH_SECONDS, 1734458216125000000, "2024-12-17T17:56:56.125+00:00"),
        (TimestampForm.EPOCH_SECONDS, 1734458216.5, "2024-12-17T17:56:56.5+00:00"),
        (TimestampForm.COMPACT, "20220513224325.628", "2022-05-13T22:43:25.628+00:00"),
        (TimestampForm.ISO, 1734458216125, "2024-12-17T17:56:56.125+00:00"),
        (TimestampForm.ISO, "2024-12-12", "2024-12-12T00:00:00+00:00"),
        (TimestampForm.ISO, "2024-12-12 23:37:32", "2024-12-12T23:37:32+00:00"),
        (TimestampForm.SPACED, "2025-01-01T12:00:00", "2025-01-01T12:00:00+00:00"),
        (TimestampForm.EPOCH_SECONDS, 1734458216, "2024-12-17T17:56:56+00:00"),
        (TimestampForm.EPOCH_SECONDS, Decimal("1734458216.000000000"), "2024-12-17T17:56:56+00:00"),
        (TimestampForm.EPOCH_SECONDS, Decimal("1734458216.123456789"), "2024-12-17T17:56:56.123456+00:00"),
        (TimestampForm.COMPACT, Decimal("20220513224325.628"), "2022-05-13T22:43:25.628+00:00"),
        (TimestampForm.COMPACT, 20220513224325, "2022-05-13T22:43:25+00:00"),
        (TimestampForm.ISO, "2024-12-12T23:37:32Z", "2024-12-12T23:37:32+00:00"),
        (TimestampForm.ISO, "2024-12-12T23:37:32.1Z", "2024-12-12T23:37:32.100+00:00"),
        (TimestampForm.ISO, "2024-05-08T19:39:00.708226378Z", "2024-05-08T19:39:00.708226+00:00"),
        (TimestampForm.ISO, "2024-12-12T23:37:32.125+00:00", "2024-12-12T23:37:32.125+00:00"),
        (TimestampForm.ISO, "2024-12-12T23:37:32.125+0000", "2024-12-12T23:37:32.125+00:00"),
        (TimestampForm.ISO, "2024-12-12T23:37:32.125+02:00", "2024-12-12T21:37:32.125+00:00"),
        (TimestampForm.ISO, "2019-03-19T18:49:02", "2019-03-19T18:49:02+00:00"),
        (TimestampForm.SPACED, "2024-12-12 23:37:32", "2024-12-12T23:37:32+00:00"),
        (TimestampForm.SPACED, "2023-06-08 20:59:05.0", "2023-06-08T20:59:05+00:00"),
    ],
)
def test_the_printed_varieties_are_read(form: TimestampForm, value: object, expected: str) -> None:
    """As the documents and captured answers show them."""
    assert datetime.fromisoformat(expected) == form.parse(value)


def test_each_form_writes_what_its_documents_show() -> None:
    """An emulator has to print them alike."""
    moment = datetime(2024, 12, 12, 23, 37, 32, 125_999, tzinfo=UTC)

    written = {form.name: form.format(moment) for form in TimestampForm}

    assert {
        "EPOCH_MILLIS": 1734046652125,
        "EPOCH_SECONDS": Decimal("1734046652.125999000"),
        "EPOCH_NANOS": Decimal("1734046652.125999000"),
        "COMPACT": Decimal("20241212233732.125"),
        "ISO": "2024-12-12T23:37:32.125Z",
        "ISO_SECONDS": "2024-12-12T23:37:32Z",
        "ISO_MICROS": "2024-12-12T23:37:32.125999Z",
        "ISO_OFFSET": "2024-12-12T23:37:32.125+00:00",
        "SPACED": "2024-12-12 23:37:32",
        "SPACED_FRACTION": "2024-12-12 23:37:32.125999",
    } == written


def test_whole_seconds_are_written_as_their_form_wants_them() -> None:
    """Nine zeros, one zero or none."""
    moment = datetime(2024, 12, 12, 23, 37, 32, tzinfo=UTC)

    assert b"1734046652" == dumps(TimestampForm.EPOCH_SECONDS.format(moment))
    assert b"1734046652.000000000" == dumps(TimestampForm.EPOCH_NANOS.format(moment))
    assert b"20241212233732.000" == dumps(TimestampForm.COMPACT.format(moment))
    assert "2024-12-12 23:37:32.0" == TimestampForm.SPACED_FRACTION.format(moment)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (TimestampForm.EPOCH_MILLIS, True),
        (TimestampForm.EPOCH_MILLIS, "today"),
        (TimestampForm.EPOCH_MILLIS, 10**19),
        (TimestampForm.EPOCH_SECONDS, float("nan")),
        (TimestampForm.EPOCH_SECONDS, Decimal("1e999999999")),
        (TimestampForm.EPOCH_SECONDS, Decimal("1e-999999999")),
        (TimestampForm.EPOCH_SECONDS, Decimal("NaN")),
        (TimestampForm.ISO, "2024-13-12"),
        (TimestampForm.ISO, "2024-12-12 25:00:00"),
        (TimestampForm.ISO, "12/31/2024"),
        (TimestampForm.SPACED, ""),
    ],
)
def test_near_misses_are_refused(form: TimestampForm, value: object) -> None:
    """Rather than read as something else."""
    with pytest.raises(DecodeError):
        form.parse(value)


@pytest.mark.parametrize("form", TimestampForm)
def test_a_naive_datetime_is_refused(form: TimestampForm) -> None:
    """It is not an instant."""
    with pytest.raises(ConfigError, match="no time zone"):
        form.format(datetime(2024, 12, 12))


@pytest.mark.parametrize("form", TimestampForm)
def test_an_instant_without_a_date_in_utc_is_refused(form: TimestampForm) -> None:
    """The calendar of datetime ends there."""
    with pytest.raises(ConfigError, match="years 1 to 9999"):
        form.format(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))))


def test_the_decimal_context_of_the_caller_has_no_say() -> None:
    """It may be set to money with two digits."""
    value = Decimal("1734458216.123456789")
    with localcontext(prec=3):
        parsed = TimestampForm.EPOCH_SECONDS.parse(value)
        written = TimestampForm.EPOCH_SECONDS.format(parsed)

    assert 123456 == parsed.microsecond
    assert Decimal("1734458216.123456000") == written


def test_forms_can_be_pickled_and_copied() -> None:
    """Specifications that name them travel to worker processes."""
    for form in TimestampForm:
        assert form is pickle.loads(pickle.dumps(form)) is copy.deepcopy(form)

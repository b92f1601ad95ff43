"""Arrow in and out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domo_async import ConfigError
from domo_async._transfer.arrow import array_of, csv_batch

DIGITS = st.integers(1, 45).flatmap(lambda count: st.integers(10 ** (count - 1), 10**count - 1))
NUMBERS = st.builds(
    lambda digits, scale, sign: f"{Decimal((sign, *_digits(digits, scale))):f}",
    DIGITS,
    st.integers(0, 25),
    st.booleans(),
)


def _digits(number: int, scale: int) -> tuple[tuple[int, ...], int]:
    return tuple(map(int, str(number))), -scale


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(NUMBERS, min_size=1, max_size=3))
def test_a_decimal_comes_with_all_digits_or_is_refused(texts: list[str]) -> None:
    try:
        batch = csv_batch("".join(f"{text}\n" for text in texts).encode(), ["d"], ["DECIMAL"])
    except ConfigError:
        pass
    else:
        assert list(map(Decimal, texts)) == batch.column(0).to_pylist()
    try:
        array = array_of(texts, "DECIMAL")
    except ConfigError:
        assert len(max(texts, key=len)) > 38
    else:
        assert list(map(Decimal, texts)) == array.to_pylist()


@pytest.mark.parametrize("text", ["1234567890123456789012345.5", "1e30", "9" * 24, "1e-19"])
def test_a_decimal_that_has_no_place_among_38_digits_of_which_18_are_a_fraction_is_read_in_a_wider_type(
    text: str,
) -> None:
    assert [Decimal(text)] == csv_batch(f"{text}\n".encode(), ["d"], ["DECIMAL"]).column(0).to_pylist()


def test_decimals_of_many_digits_on_both_sides_of_the_point_are_one_array() -> None:
    texts = ["1" + "0" * 30, "0.123456789012345678", None]

    assert [Decimal(10**30), Decimal("0.123456789012345678"), None] == array_of(texts, "DECIMAL").to_pylist()

"""The compiled writer of Arrow batches writes what pyarrow's writer does, or leaves it to that."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domo_async import SourceError
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding import ArrowEncoder, CellRules, arrow_writer
from domo_async._transfer.encoding.arrow_types import plain
from tests.transfer.scanners import needs_compiled

D = Decimal
MOST = 1 << 19
EPOCH = date(1970, 1, 1)
FIRST, LAST = (date.min - EPOCH).days, (date.max - EPOCH).days

pytestmark = needs_compiled


def blocks(batch: pa.RecordBatch, most: int = MOST) -> list[tuple[bytes, int]] | None:
    from domo_async._transfer.encoding import _arrow_writer

    schema, array = batch.__arrow_c_array__()
    return _arrow_writer.write(schema, array, most)


def assert_alike(batch: pa.RecordBatch) -> None:
    """Check that both writers write the same, from the beginning and from the middle of the arrays."""
    for start in {0, 1 % batch.num_rows, batch.num_rows // 2}:
        part = batch.slice(start)
        expected = arrow_writer.write(list(map(plain, part.columns)))
        found = blocks(part)

        assert found is not None
        assert expected.content.splitlines() == b"".join(content for content, _ in found).splitlines()
        assert expected.content == b"".join(content for content, _ in found)
        assert expected.records == sum(records for _, records in found)


def around(numbers: Sequence[int], least: int, most: int) -> list[int]:
    """Return numbers with their neighbours and opposites, those that are within bounds."""
    found = {sign * number + step for number in numbers for sign in (1, -1) for step in (-1, 0, 1)}
    return sorted(number for number in {*found, least, most} if least <= number <= most)


POWERS = [*(10**n for n in range(20)), *(2**n for n in range(64))]
MOMENTS = [FIRST, LAST, 0, 1, -1, 11_016, 11_017, 19_782, 19_783, -25_509, -25_508]
UNITS: dict[str, int] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def doubles() -> list[float]:
    powers = [float(f"1e{n}") for n in range(-323, 309)] + [math.ldexp(1.0, n) for n in range(-1074, 1024)]
    near = [near for power in powers for near in (math.nextafter(power, 0), power, math.nextafter(power, math.inf))]
    short = [D(f"{digits}E-{places}") for digits in (1, 12, 1230, 999_999, 10**15 - 1) for places in range(24)]
    known = [0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0, 1e23, 9.5e-7, 0.3, 2 / 3]
    found = [value for value in [*near, *map(float, short), *known] if math.isfinite(value)]
    return [*found, *(-value for value in found)]


def moments(unit: str) -> list[int]:
    each = UNITS[unit]
    seconds = [day * 86_400 + second for day in MOMENTS for second in (0, 1, 59, 3600, 86_399)]
    found = [second * each + part for second in seconds for part in {0, 1 % each, each // 7, each - 1}]
    return [count for count in found if -(2**63) < count < 2**63]


TEXTS = ["", "a", '"', '""', 'a "quote",\r\n', "1234567", "12345678", "123456789012", "1234567890123"]
TEXTS += ["x" * 15, "x" * 16, "x" * 17, "ü", "€uro", "𝄞" * 9, "\ufeff", "a\0b", 'y"' * 40, "z" * 200, '"' * 16]
DECIMALS = [0, 1, -1, 5, 10**6, 1 - 10**6, 10**8, 10**18, 2**63, 2**64 - 1, 2**64, -(2**64), 10**19, 10**37]
DECIMALS += [10**38 - 1, 1 - 10**38]


@pytest.mark.parametrize(
    "array",
    [
        *(
            pytest.param(pa.array(around(POWERS, *bounds), kind), id=str(kind))
            for bits in (8, 16, 32, 64)
            for kind, bounds in {
                getattr(pa, f"int{bits}")(): (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
                getattr(pa, f"uint{bits}")(): (0, 2**bits - 1),
            }.items()
        ),
        pytest.param(pa.array(doubles()), id="double"),
        *(
            pytest.param(pa.array([D(f"{n}E-{scale}") for n in DECIMALS], pa.decimal128(38, scale)), id=f"d{scale}")
            for scale in range(7)
        ),
        pytest.param(pa.array([*range(-1000, 1000), *range(10_800, 11_200), *MOMENTS], pa.date32()), id="date"),
        *(pytest.param(pa.array(moments(unit), pa.timestamp(unit)), id=unit) for unit in UNITS),  # type: ignore[call-overload]
        *(
            pytest.param(pa.array(TEXTS, kind), id=str(kind))
            for kind in (pa.string(), pa.large_string(), pa.string_view())
        ),
        pytest.param(pa.nulls(3), id="null"),
    ],
)  # fmt: skip
def test_values_of_each_type_are_written_as_pyarrow_writes_them(array: pa.Array[Any]) -> None:
    values = array.to_pylist()
    holes = pa.array([value if n % 3 else None for n, value in enumerate(values)], array.type)

    assert_alike(pa.RecordBatch.from_arrays([array], ["a"]))
    assert_alike(pa.RecordBatch.from_arrays([pa.array(range(len(array))), holes, array], ["n", "a", "b"]))


def test_long_columns_are_written_alike() -> None:
    chance = np.random.default_rng(1)
    count = 20_000
    bits = chance.integers(0, 2**64, count, dtype=np.uint64).view(np.float64)
    arrays: dict[str, pa.Array[Any]] = {
        "bits": pa.array(np.where(np.isfinite(bits), bits, 0)),
        "share": pa.array(chance.random(count)),
        "short": pa.array(np.round(chance.random(count) * 10.0 ** chance.integers(-3, 12, count), 4)),
        "digits": pa.array(chance.integers(0, 10**15, count) / 10.0 ** chance.integers(0, 23, count)),
        "integers": pa.array(chance.integers(-(2**62), 2**62, count).astype(np.float64)),
        "days": pa.array(np.linspace(FIRST, LAST, count).astype(np.int32)).cast(pa.date32()),
        "at": pa.array(chance.integers(FIRST * 86_400 * 10**6, LAST * 86_400 * 10**6, count)).cast(pa.timestamp("us")),
        "text": pa.array([None if n % 5 == 0 else f'{n}"' if n % 500 == 0 else f"text {n}" for n in range(count)]),
    }

    assert_alike(pa.record_batch(arrays))


BITS = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0]).filter(math.isfinite)
SHORT = st.tuples(st.integers(-(10**17), 10**17), st.integers(-30, 30)).map(lambda pair: float(f"{pair[0]}e{pair[1]}"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text('a"', max_size=20)
KINDS: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.float64(), BITS | SHORT | st.floats(allow_nan=False, allow_infinity=False)),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.uint64(), st.integers(0, 2**64 - 1)),
    (pa.int8(), st.integers(-128, 127)),
    (pa.decimal128(38, 2), st.integers(1 - 10**38, 10**38 - 1).map(lambda digits: D(f"{digits}E-2"))),
    (pa.decimal128(38, 6), st.integers(1 - 10**38, 10**38 - 1).map(lambda digits: D(f"{digits}E-6"))),
    (pa.date32(), st.dates()),
    (pa.timestamp("s"), st.datetimes().map(lambda moment: moment.replace(microsecond=0))),
    (pa.timestamp("us"), st.datetimes()),
    (pa.timestamp("ns"), st.integers(1 - 2**63, 2**63 - 1)),
    (pa.string(), TEXT),
    (pa.large_string(), TEXT),
    (pa.string_view(), TEXT),
    (pa.null(), st.none()),
]


@st.composite
def batches(draw: st.DrawFn) -> pa.RecordBatch:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
    rows = draw(st.lists(st.tuples(*(st.none() | values for _, values in kinds)), min_size=1, max_size=12))
    columns = zip(kinds, zip(*rows, strict=True), strict=True)
    return pa.RecordBatch.from_arrays(
        [pa.array(cells, kind) for (kind, _), cells in columns], list(map(str, range(len(kinds))))
    )


@given(batches())
def test_any_batch_is_written_alike(batch: pa.RecordBatch) -> None:
    assert_alike(batch)


@given(st.lists(BITS | SHORT, min_size=1, max_size=200))
@example([8.41e21, 2.0**-44, 9.5367431640625e-7, 1.8014398509481982e16])
def test_doubles_have_the_fewest_digits_that_are_read_as_themselves(values: list[float]) -> None:
    found = blocks(pa.record_batch({"a": pa.array(values)}))

    assert found is not None
    lines = b"".join(content for content, _ in found).decode().splitlines()
    assert [repr(value) for value in values] == [repr(float(line)) for line in lines]
    assert [len(D(repr(value)).normalize().as_tuple().digits) for value in values] == [
        len(D(line).normalize().as_tuple().digits) for line in lines
    ]


def test_blocks_are_of_whole_records_and_not_larger_than_asked() -> None:
    texts = ["a" * length for length in (*range(30), 500, 3, 3)]
    batch = pa.record_batch({"a": pa.array(texts)})
    whole = arrow_writer.write(batch.columns).content

    for most in (1, 10, 64, 300, 10_000):
        found = blocks(batch, most)

        assert found is not None
        assert whole == b"".join(content for content, _ in found)
        assert [content.count(b"\n") for content, _ in found] == [records for _, records in found]
        assert all(len(content) <= most or records == 1 for content, records in found)
    with pytest.raises(ValueError, match="room for a byte"):
        blocks(batch, 0)


def views(*fields: tuple[int, ...]) -> pa.Array[Any]:
    """Return an array of views into a buffer of 20 bytes; a field is a length, four bytes, a buffer and a position."""
    made = b"".join(struct.pack("<iiii", *each) for each in fields)
    buffers = [None, pa.py_buffer(made), pa.py_buffer(b"text of twenty bytes")]
    return pa.Array.from_buffers(pa.string_view(), len(fields), buffers)


def offsets(*ends: int, text: bytes = b"text") -> pa.Array[Any]:
    buffers = [None, pa.py_buffer(struct.pack(f"<{len(ends)}i", *ends)), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(pa.array([True]), id="bool"),
        pytest.param(pa.array([D("1.5")], pa.decimal128(20, 7)), id="decimal of scale 7"),
        pytest.param(pa.array([D(100)], pa.decimal128(20, -2)), id="decimal of scale -2"),
        pytest.param(pa.array([D(1)], pa.decimal256(40, 0)), id="decimal256"),
        pytest.param(pa.array([1.5], pa.float32()), id="float"),
        pytest.param(pa.array([b"x"]), id="binary"),
        pytest.param(pa.array(["x"]).dictionary_encode(), id="dictionary"),
        pytest.param(pa.array([0], pa.timestamp("s", "UTC")), id="zone"),
        pytest.param(pa.array([[1]]), id="list"),
        pytest.param(pa.array([math.inf]), id="infinite"),
        pytest.param(pa.array([FIRST - 1], pa.date32()), id="year 0"),
        pytest.param(pa.array([2**31 - 1], pa.date32()), id="late day"),
        pytest.param(pa.array([(LAST + 1) * 86_400], pa.timestamp("s")), id="year 10000"),
        pytest.param(pa.array([-(2**63)], pa.timestamp("s")), id="early moment"),
        pytest.param(pa.array([b"caf\xc3"]).view(pa.string()), id="not UTF-8"),
        pytest.param(offsets(0, 1, 2, text=b"\xc3\xa9"), id="a character of two texts"),
        pytest.param(pa.array([b"\xff"]).cast(pa.large_binary()).view(pa.large_string()), id="not UTF-8 in large text"),
        pytest.param(views((3, 0x00FF4141, 0, 0)), id="not UTF-8 in a view"),
        pytest.param(offsets(0, 4, 1, 4), id="falling offsets"),
        pytest.param(views((-1, 0, 0, 0)), id="negative length"),
        pytest.param(views((20, 0, 1, 0)), id="no such buffer"),
        pytest.param(views((20, 0, -1, 0)), id="negative buffer"),
        pytest.param(views((20, 0, 0, 1)), id="beyond the buffer"),
        pytest.param(views((20, 0, 0, -1)), id="before the buffer"),
    ],
)
def test_what_is_not_known_is_left_to_pyarrow(array: pa.Array[Any]) -> None:
    assert blocks(pa.RecordBatch.from_arrays([pa.array(range(len(array))), array], ["n", "a"])) is None


def test_batches_without_columns_or_rows_or_with_missing_rows_are_left_to_pyarrow() -> None:
    some = pa.array([{"a": 1}, None])

    assert blocks(pa.RecordBatch.from_arrays([], [])) is None
    assert blocks(pa.record_batch({"a": pa.array([], pa.int64())})) is None
    assert blocks(some) is None  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="PyCapsule"):
        blocks(type("Empty", (), {"__arrow_c_array__": lambda _: (1, 2)})())


def test_nan_is_null() -> None:
    assert [(b"1\n\n\n", 3)] == blocks(pa.record_batch({"a": pa.array([1, math.nan, -math.nan])}))


def test_what_is_hidden_by_a_null_is_not_looked_at() -> None:
    mask = pa.py_buffer(b"\x02")
    hidden = pa.Array.from_buffers(pa.date32(), 2, [mask, pa.py_buffer(struct.pack("<ii", 2**31 - 1, 0))])
    view = pa.Array.from_buffers(pa.string_view(), 2, [mask, views((-1, 0, 0, 0), (2, 0x4141, 0, 0)).buffers()[1]])

    assert [(b',\n1970-01-01,"AA"\n', 2)] == blocks(pa.RecordBatch.from_arrays([hidden, view], ["a", "b"]))


@pytest.mark.parametrize(
    ("kind", "binary"),
    [
        (pa.string(), pa.binary()),
        (pa.large_string(), pa.large_binary()),
        (pa.string_view(), pa.binary_view()),
    ],
    ids=str,
)
def test_text_that_is_not_utf8_is_refused_with_its_row(kind: pa.DataType, binary: pa.DataType) -> None:
    array = pa.array([b"good", b"caf\xe9"], binary).view(kind)
    batch = pa.RecordBatch.from_arrays([array], ["a"])

    with pytest.raises(SourceError, match='^row 12, column "a": it is text that is not UTF-8'):
        ArrowEncoder(batch.schema, [ColumnSpec("a", ColumnType.STRING)], CellRules()).encode(batch, row=10)

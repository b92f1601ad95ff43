"""What fuzzing guided by coverage is done with, as a program: ``fuzzing.py TARGET FOLDER [options of libFuzzer]``.

FOLDER may hold the C modules, built with coverage and sanitizers; they take the place of the installed ones.
"""

from __future__ import annotations

import importlib.util
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

WORDS = ["?", ":a", "'", '"', "`", "\\", "--", "#", "/*", "*/", "\n", ":", "::", " ", "a", "1", "''", "??"]


def built(name: str, folder: Path) -> ModuleType:
    """Load a module of C from a folder, under its own name."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name.rpartition('.')[2]}.abi3.so")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def binding(_: Path) -> Callable[[bytes], None]:
    """Return a check: whatever the SQL and the value are, the value stays one piece of the text."""
    with atheris.instrument_imports(include=["domo_async._transfer.reading"]):
        from domo_async import ConfigError
        from domo_async._transfer.reading.binding import bind
        from domo_async._transfer.reading.sql_text import tokens

    def check(data: bytes) -> None:
        made = atheris.FuzzedDataProvider(data)
        sql = "".join(WORDS[made.ConsumeIntInRange(0, len(WORDS) - 1)] for _ in range(made.ConsumeIntInRange(0, 12)))
        value = made.ConsumeUnicode(12)
        for params in ([value], {"a": value}):
            try:
                bound = bind(sql, params)
                neutral = bind(sql, ["v"] if isinstance(params, list) else {"a": "v"})
            except ConfigError:
                continue
            kinds = [token.type for token in tokens(bound)]
            assert kinds == [token.type for token in tokens(neutral)], (sql, value, bound)

    return check


def survey(folder: Path) -> Callable[[bytes], None]:
    """Return a check: the compiled survey finds what the one in Python finds: in one block, in two, and in a file."""
    built("domo_async._transfer.csv._survey", folder)
    from domo_async._transfer.csv.block_scanner import BlockScanner, ScanState
    from domo_async._transfer.csv.compiled import CompiledBlockScanner

    path = folder / "scanned.csv"

    def check(data: bytes) -> None:
        made = atheris.FuzzedDataProvider(data)
        width = made.ConsumeIntInRange(0, 4) or None
        cut = made.ConsumeIntInRange(0, 300)
        text = made.ConsumeBytes(1_000)
        for blocks in ([text], [text[:cut], text[cut:]]):
            parts = list(filter(None, blocks))
            plain, fast = BlockScanner(width), CompiledBlockScanner(width)
            mark = ScanState()
            for part in parts:
                found, other = plain.scan(part, mark), fast.scan(part, mark)
                assert (found is None) == (other is None), (width, parts)
                if found is None or other is None:
                    break
                assert found[:5] == other[:5], (width, parts)
                mark = found.state
        text[: fast.well_formed(text)].decode()
        path.write_bytes(text)
        with path.open("rb") as file:
            start = min(cut, len(text))
            length, found, *_ = fast.scan_file(file.fileno(), start, len(text), b"", ScanState())
        scanned = text[start : start + length]
        scanned.decode()
        if scanned:
            other = plain.scan(scanned, ScanState())
            assert other is not None, (width, scanned)
            assert found[:5] == other[:5], (width, scanned)

    return check


def rewrite(folder: Path) -> Callable[[bytes], None]:
    """Return a check: the compiled rewriter writes what the one in Python writes, or both refuse."""
    built("domo_async._transfer.csv._rewrite", folder)
    from domo_async import SourceError
    from domo_async._transfer.csv.compiled_rewriter import CompiledRewriter
    from domo_async._transfer.csv.rewriting import FieldRule, Rewriter

    def check(data: bytes) -> None:
        made = atheris.FuzzedDataProvider(data)
        width = made.ConsumeIntInRange(1, 4)
        order = [made.ConsumeIntInRange(0, width) for _ in range(made.ConsumeIntInRange(1, 5))]
        rules = {0: FieldRule(frozenset({"NA", '""'}))}
        delimiter = ",;\t\0"[made.ConsumeIntInRange(0, 3)]
        returns = made.ConsumeBool()
        cut = made.ConsumeIntInRange(0, 300)
        text = made.ConsumeBytes(1_000)
        found: list[object] = []
        for way in (Rewriter, CompiledRewriter):
            rewriter = way(
                delimiter=delimiter, width=width, order=order, constants=['"x"'], rules=rules, returns=returns
            )
            try:
                found.append([rewriter.feed(text[:cut]), rewriter.feed(text[cut:]), rewriter.finish()])
            except SourceError as error:
                found.append(str(error))
        assert found[0] == found[1], (delimiter, order, returns, text, cut)

    return check


def arrow_writer(folder: Path) -> Callable[[bytes], None]:
    """Return a check: the compiled writer of Arrow batches writes what pyarrow's writer does, or does not write."""
    module = built("domo_async._transfer.encoding._arrow_writer", folder)
    import pyarrow as pa

    from domo_async._transfer.encoding.arrow_writer import write

    sizes = {pa.int8(): 1, pa.uint64(): 8, pa.float64(): 8, pa.date32(): 4, pa.decimal128(38, 2): 16}
    sizes |= {pa.timestamp("ns"): 8, pa.timestamp("s"): 8, pa.string(): 4, pa.large_string(): 8, pa.string_view(): 16}

    def check(data: bytes) -> None:
        made = atheris.FuzzedDataProvider(data)
        count, start = made.ConsumeIntInRange(1, 9), made.ConsumeIntInRange(0, 3)
        arrays = []
        for _ in range(made.ConsumeIntInRange(1, 3)):
            kind = made.PickValueInList(list(sizes))
            length = (count + start + 1) * sizes[kind]
            values = made.ConsumeBytes(length).ljust(length, b"\0")
            buffers = [values]
            if "string" in str(kind):
                # Small numbers, which are often offsets and lengths within the text.
                buffers = [
                    b"".join(struct.pack("<i", byte % 48 - 2) for byte in values[: length // 4]),
                    b'"\xc3\xa4' * 12,
                ]
            present = pa.py_buffer(made.ConsumeBytes(2).ljust(2, b"\xff")) if made.ConsumeBool() else None
            try:
                arrays.append(pa.Array.from_buffers(kind, count, [present, *map(pa.py_buffer, buffers)], offset=start))
            except pa.ArrowInvalid:
                return
        batch = pa.RecordBatch.from_arrays(arrays, list(map(str, range(len(arrays)))))
        found = module.write(*batch.__arrow_c_array__(), made.ConsumeIntInRange(1, 100))
        if found is not None:
            # Python reads what is UTF-8 alone, and nothing that a null hides.
            read = {pa.float64(), pa.string(), pa.large_string(), pa.string_view()}
            plain = [
                pa.array(array.to_pylist(), array.type, from_pandas=True) if array.type in read else array
                for array in arrays
            ]
            expected = write([array.cast(pa.string()) if array.type == pa.string_view() else array for array in plain])
            assert expected.content == b"".join(content for content, _ in found), batch

    return check


def columns(folder: Path) -> Callable[[bytes], None]:
    """Return a check: the reader of plain rows reads, or says that it does not; the sanitizers see the rest."""
    module = built("domo_async._emulator.rows._columns", folder)
    import pyarrow as pa

    kinds = ["LONG", "DOUBLE", "STRING", "DATE", "DATETIME", "DECIMAL"]
    path = folder / f"rows{id(kinds)}.csv"

    class Rows:
        def __init__(self, columns: tuple[tuple[str, int], ...], block: int) -> None:
            self._given = columns, block

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            columns, block = self._given
            return module.stream((str(path).encode(),), columns, block)

    def check(data: bytes) -> None:
        made = atheris.FuzzedDataProvider(data)
        count = made.ConsumeIntInRange(1, 4)
        chosen = tuple((kinds[made.ConsumeIntInRange(0, 5)], made.ConsumeIntInRange(0, 18)) for _ in range(count))
        block = made.ConsumeIntInRange(16, 4_096)
        path.write_bytes(made.ConsumeBytes(2_000))
        try:
            table = pa.RecordBatchReader.from_stream(Rows(chosen, block)).read_all()
        except (ValueError, OSError, pa.ArrowException):
            return
        table.validate(full=True)

    return check


def layouts(folder: Path) -> Callable[[bytes], None]:
    """Return a check: a layout makes of an object what the hook in Python makes of it, or raises an error."""
    built("domo_async._wire._decoding", folder)
    from domo_async import DecodeError
    from domo_async._wire.decode import structure
    from tests.wire.layouts import layouts_of
    from tests.wire.test_long_lists import WHOLE, Row

    keys = [*WHOLE, "facts", "none", "\ud800", ""]
    values: list[Any] = [
        *(
            None,
            True,
            False,
            0,
            17,
            -1,
            2**63,
            2**70,
            10**11,
            1_654_205_894_927,
            2**32 * 1000,
            1.5,
            "",
            "5",
            " 17 ",
            "x",
        ),
        *(
            "USER",
            "NEW",
            "2022-06-02T21:38:14Z",
            [],
            [1],
            ["a"],
            [{"name": "p"}],
            [{"name": []}],
            {},
            {"a": 1},
            "\ud800",
        ),
    ]

    def check(data: bytes) -> None:
        made = atheris.FuzzedDataProvider(data)
        chosen = dict.fromkeys(["id", *(made.PickValueInList(keys) for _ in range(made.ConsumeIntInRange(0, 12)))])
        layouts = layouts_of(Row, list(chosen))
        for _ in range(3):
            value = {key: made.PickValueInList(values) for key in chosen}
            if made.ConsumeBool():
                value[made.PickValueInList(keys)] = value.pop(made.PickValueInList(list(chosen)))
            try:
                instance = layouts.make(layouts.compiled, value)
            except DecodeError:
                continue  # the hook in Python reads the object then
            assert (instance is None) == (list(value) != list(chosen)), value
            assert instance is None or instance == structure(value, Row), value

    return check


if __name__ == "__main__":
    target, place = sys.argv[1:3]
    targets = {
        "binding": binding,
        "survey": survey,
        "rewrite": rewrite,
        "arrow_writer": arrow_writer,
        "columns": columns,
        "layouts": layouts,
    }
    atheris.Setup([sys.argv[0], *sys.argv[3:]], targets[target](Path(place)))
    atheris.Fuzz()

"""Detection of formats other than CSV, by the first bytes. Pure."""

from __future__ import annotations

import re

from domo_async._transfer.csv.dialects import Decoder
from domo_async._transfer.csv.format import MARK_CHARACTER
from domo_async.errors import SourceError

__all__ = ["ARROW_FILE", "ARROW_STREAM", "BEGIN", "PARQUET", "check_is_csv", "names_json_lines"]

BEGIN = 4096
"""The number of first bytes that are used for the detection."""

PARQUET, ARROW_FILE, ARROW_STREAM = b"PAR1\x15", b"ARROW1\0\0", b"\xff\xff\xff\xff"

_ARROW = "Arrow or Parquet, which is read by the file's path; or pass the table that pyarrow reads from it"
_WORKBOOK = "a zip archive or an Excel workbook; give what is in it, or a frame read from it"
_UNPACK = "which is not unpacked here; unpack it, or compress it with gzip or zstd"
_PICTURE = "a picture"
_DATABASE = "a database; give the rows of a query"
# CSV files do not begin with any of these in practice.
_BINARY: tuple[tuple[bytes, str], ...] = (
    (PARQUET, _ARROW),
    (b"PARE\x15", "encrypted Parquet"),
    (ARROW_FILE, _ARROW),
    (ARROW_STREAM, _ARROW),
    (b"FEA1\0", "Feather of version 1; rewrite it with pyarrow"),
    (b"ORC\x08", "ORC; give the table that pyarrow makes of it"),
    (b"Obj\x01", "Avro; give its rows"),
    (b"PK\x03\x04", _WORKBOOK),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
    (b"\x1f\x8b", "gzip within what was unpacked; unpack it once more"),
    (b"\x28\xb5\x2f\xfd", "zstd within what was unpacked; unpack it once more"),
    (b"BZh91AY&SY", f"bzip2, {_UNPACK}"),
    (b"\xfd7zXZ\0", f"xz, {_UNPACK}"),
    (b"7z\xbc\xaf\x27\x1c", f"a 7-Zip archive, {_UNPACK}"),
    (b"Rar!\x1a\x07", f"a RAR archive, {_UNPACK}"),
    (b"\x04\x22\x4d\x18", f"LZ4, {_UNPACK}"),
    (b"\xff\x06\0\0sNaPpY", f"Snappy, {_UNPACK}"),
    (b"\x1f\x9d", f"compressed by compress, {_UNPACK}"),
    (b"%PDF-", "PDF"),
    (b"%!PS", "PostScript"),
    (b"{\\rtf", "RTF; save it as CSV"),
    (b"\x89PNG\r\n", _PICTURE),
    (b"GIF87a", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"SQLite format 3\0", _DATABASE),
    (b"\x89HDF\r\n", "HDF5; give a frame read from it"),
    (b"\x7fELF", "a program"),
    (b"version https://git-lfs.github.com/spec/", "a pointer of Git LFS; fetch the file: git lfs pull"),
)
_UTF16_OR_32 = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_MARKUP = re.compile(r"<(?:!doctype\b|!--|\?xml\b|[a-z_][\w:.-]*(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_XML = re.compile(r"<\?xml\b|<[a-z_][\w.-]*:", re.IGNORECASE)
_OBJECT = re.compile(r'\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\}|\Z)')
_ARRAY = re.compile(r'\[\s*(?:[{\[\]"]|-?[0-9]|true\b|false\b|null\b|\Z)')
_SUFFIXES = (".jsonl", ".ndjson", ".jsonlines")


def names_json_lines(name: str) -> bool:
    """Return whether a file's name says that it holds JSON lines, compressed or not."""
    plain = name.lower().removesuffix(".gz").removesuffix(".zst")
    return plain.endswith(_SUFFIXES)


def check_is_csv(begin: bytes, encoding: str) -> None:
    """Refuse bytes that are not CSV, as far as the first bytes show.

    Args:
        begin: The first bytes, decompressed; `BEGIN` of them, or all.
        encoding: The encoding according to the caller.

    Raises:
        SourceError: They have another format; names it, and says how to upload them anyway.
    """
    found = _binary(begin, encoding) or _text(begin, encoding)
    if found is not None:
        raise SourceError(
            f"the source is not a CSV file but {found}. If it is CSV nevertheless, pass format='csv'; nothing was sent"
        )


def _binary(begin: bytes, encoding: str) -> str | None:
    wide = encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32", "u16", "u32"))
    for magic, what in () if wide else _BINARY:
        if begin.startswith(magic):
            return what
    if begin[257:262] == b"ustar":
        return f"a tar archive, {_UNPACK}"
    if begin[8:12] == b"DUCK":
        return _DATABASE
    for mark, name in () if wide else _UTF16_OR_32:
        if begin.startswith(mark):
            return f"text in {name.upper()}; pass encoding={name!r}"
    if not wide and b"\0" in begin:
        return _with_zeros(begin)
    return None


def _with_zeros(begin: bytes) -> str:
    """Return the format of bytes with zeros; mostly-ASCII text has them at positions given by its encoding's width."""
    whole = begin[: len(begin) // 4 * 4] or begin
    for name, width, index in (("utf-32-le", 4, 0), ("utf-32-be", 4, 3), ("utf-16-le", 2, 0), ("utf-16-be", 2, 1)):
        kept = whole[index::width]
        others = [whole[other::width] for other in range(width) if other != index]
        if kept.count(0) * 8 <= len(kept) and all(zeros.count(0) * 2 > len(zeros) for zeros in others):
            return f"text in {name[:6].upper()} without a byte order mark; pass encoding={name!r}"
    return "binary: it holds zero bytes"


def _text(begin: bytes, encoding: str) -> str | None:
    text, _ = Decoder(encoding).decode(begin)
    if "\0" in text:
        return f"binary, or not in {encoding}: it holds zero characters"
    text = text.lstrip(MARK_CHARACTER + " \t\r\n")
    if _MARKUP.match(text):
        return "XML" if _XML.match(text) and "<html" not in text.lower() else "a web page or other markup (HTML, XML)"
    if text.startswith("{\\rtf"):
        return "RTF; save it as CSV"
    if _OBJECT.match(text):
        return "JSON; JSON lines, an object in each line, are read with format='jsonl'"
    if _ARRAY.match(text):
        return "JSON; give its rows: json.loads(…), or write an object in each line and pass format='jsonl'"
    return None

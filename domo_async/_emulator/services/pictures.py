"""Pictures of cards as PNG and PDF, made from texts and numbers only; the bytes are the same each time."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from attrs import define, field, frozen

__all__ = ["Bar", "chart_png", "text_pdf"]

# Each letter is five rows of three pixels; a row is a digit whose bits are the pixels.
_LETTERS = {
    "A": "25755",
    "B": "65656",
    "C": "34443",
    "D": "65556",
    "E": "74647",
    "F": "74644",
    "G": "34553",
    "H": "55755",
    "I": "72227",
    "J": "11152",
    "K": "55655",
    "L": "44447",
    "M": "57755",
    "N": "65555",
    "O": "25552",
    "P": "65644",
    "Q": "25561",
    "R": "65655",
    "S": "34216",
    "T": "72222",
    "U": "55557",
    "V": "55552",
    "W": "55775",
    "X": "55255",
    "Y": "55222",
    "Z": "71247",
    "0": "75557",
    "1": "26227",
    "2": "71747",
    "3": "71717",
    "4": "55711",
    "5": "74717",
    "6": "74757",
    "7": "71122",
    "8": "75757",
    "9": "75717",
    " ": "00000",
    ".": "00002",
    ",": "00024",
    "-": "00700",
    "+": "02720",
    ":": "02020",
    "/": "11244",
    "%": "51245",
    "(": "12221",
    ")": "42224",
    "=": "07070",
    "_": "00007",
    "'": "22000",
    '"': "55000",
    "#": "57575",
    "?": "71202",
    "!": "22202",
    "*": "05250",
    "<": "12421",
    ">": "42124",
    "[": "64446",
    "]": "31113",
    "|": "22222",
}
_LETTER_WIDTH, _LETTER_HEIGHT = 4, 6
_WHITE, _DARK, _BLUE = 0, 1, 2
_PALETTE = bytes((255, 255, 255, 51, 51, 51, 114, 176, 215))

_PAGE_WIDTH, _PAGE_HEIGHT, _LEADING = 595, 842, 16
LINES_ON_A_PAGE = 48


@frozen
class Bar:
    """A bar of a chart.

    Attributes:
        label: Its label.
        value: Its length.
        text: The value as text.
    """

    label: str
    value: float
    text: str


@define
class _Canvas:
    """A grid of pixels, each the index of its colour."""

    width: int
    height: int
    rows: list[bytearray] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.rows = [bytearray(self.width) for _ in range(self.height)]

    def box(self, left: int, top: int, width: int, height: int, colour: int) -> None:
        left, right = min(left, self.width), min(left + width, self.width)
        for row in self.rows[top : top + height]:
            row[left:right] = bytes((colour,)) * (right - left)

    def write(self, left: int, top: int, text: str, size: int) -> None:
        for number, letter in enumerate(text.upper()):
            for y, digit in enumerate(_LETTERS.get(letter, _LETTERS["?"])):
                for x in range(3):
                    if int(digit) & (4 >> x):
                        self.box(left + (number * _LETTER_WIDTH + x) * size, top + y * size, size, size, _DARK)

    def png(self) -> bytes:
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self.rows), 1)
        chunks = ((b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", pixels), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(named: tuple[bytes, bytes]) -> bytes:
    name, content = named
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def chart_png(title: str, bars: Sequence[Bar], *, width: int, height: int, scale: float = 1) -> bytes:
    """Return a chart of horizontal bars below its title.

    Args:
        title: The title.
        bars: The bars, the first at the top.
        width: Width in pixels, before scaling.
        height: Height in pixels, before scaling.
        scale: The factor by which the picture is enlarged.
    """
    canvas = _Canvas(max(1, round(width * scale)), max(1, round(height * scale)))
    size = max(1, canvas.height // 100)
    margin, line = 3 * size, _LETTER_HEIGHT * size
    canvas.write(margin, margin, title, size)
    longest = max((abs(bar.value) for bar in bars), default=0) or 1
    begin = canvas.width // 3
    beside = max((len(bar.text) for bar in bars), default=0) * _LETTER_WIDTH * size
    room = max(0, canvas.width - begin - beside - margin)
    step = max(line, (canvas.height - 3 * line) // max(1, len(bars)))
    letters = max(0, begin - 2 * margin) // (_LETTER_WIDTH * size)
    for number, bar in enumerate(bars):
        top = margin + 2 * line + number * step
        length = round(room * abs(bar.value) / longest)
        canvas.write(margin, top, bar.label[:letters], size)
        canvas.box(begin, top, length, max(1, min(step - size, 5 * size)), _BLUE)
        canvas.write(begin + length + size, top, bar.text, size)
    return canvas.png()


def text_pdf(lines: Sequence[str]) -> bytes:
    """Return a page of lines, the first one larger, as a PDF. Characters outside of Windows-1252 become ``?``."""
    content = b"BT %d TL 40 %d Td " % (_LEADING, _PAGE_HEIGHT - 60)
    for number, line in enumerate(lines[:LINES_ON_A_PAGE]):
        escaped = line.encode("cp1252", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        content += b"/F %d Tf (%b) Tj T* " % (11 if number else 16, escaped)
    content += b"ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
        % (_PAGE_WIDTH, _PAGE_HEIGHT),
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    document, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(document))
    )

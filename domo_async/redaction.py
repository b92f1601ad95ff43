"""Secrets taken out of whatever leaves: the texts of errors, and what a server says that may repeat them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

__all__ = ["Redactor", "is_secret_name", "secret_values", "secrets_of"]

E = TypeVar("E", bound=BaseException)

_MASK = "***"
# A shorter one may be a word of any message; it is taken out only where it stands alone.
_LONG = 8
_SECRET_NAME = re.compile(
    r"pass(?!ed|ing|ive)|pwd|secret|token|credential|authori[sz]ation|cookie|session|signature"
    r"|(?:api|access|private|auth)[-_ ]?key",
    re.IGNORECASE,
)
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_DEEPEST = 64


def is_secret_name(name: str) -> bool:
    """Return whether what goes by this name, in JSON, a query or a header, is likely a secret."""
    return _SECRET_NAME.search(name) is not None


def secret_values(value: object, *, deepest: int = _DEEPEST) -> set[str]:
    """Return the texts in a JSON value that stand under names of secrets, however deep."""
    found: set[str] = set()
    waiting: list[tuple[object, bool, int]] = [(value, False, deepest)]
    while waiting:
        here, is_secret, left = waiting.pop()
        if isinstance(here, str):
            if is_secret and here:
                found.add(here)
        elif left > 0 and isinstance(here, Mapping):
            waiting.extend(
                (below, is_secret or (isinstance(name, str) and is_secret_name(name)), left - 1)
                for name, below in here.items()
            )
        elif left > 0 and isinstance(here, (list, tuple)):
            waiting.extend((below, is_secret, left - 1) for below in here)
    return found


def secrets_of(headers: Mapping[str, str]) -> set[str]:
    """Return what is secret in headers: the values of those with such names, without a scheme such as ``Bearer``."""
    return {
        word for name, value in headers.items() if is_secret_name(name) for word in value.split() if len(word) >= _LONG
    }


class Redactor:
    """Takes secrets out of texts, in every form in which a server may repeat them.

    That is in upper and lower case, percent-encoded (also twice), escaped as in JSON, HTML and Python, in hexadecimal,
    and in base64 alone or amid other text. What is looked for takes time in proportion to the text.

    Args:
        secrets: What must not be told.
        first: Takes out others before; what it has worked out is used again.
    """

    def __init__(self, secrets: Iterable[str], first: Redactor | None = None) -> None:
        self._secrets = frozenset(filter(None, secrets))
        self._first = first
        self._pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._secrets)} secrets>"

    def also(self, secrets: Iterable[str]) -> Redactor:
        """Return a redactor that knows more secrets."""
        more = self._secrets.union(secrets) - self._secrets
        return Redactor(more, self) if more else self

    def text(self, text: str) -> str:
        """Return a text without the secrets."""
        if self._first is not None:
            text = self._first.text(text)
        if not self._secrets:
            return text
        if self._pattern is None:
            # The longest first: one secret may be the beginning of another.
            ordered = sorted(self._secrets, key=len, reverse=True)
            forms = "|".join(form for secret in ordered for form in _forms(secret))
            self._pattern = re.compile(forms, re.IGNORECASE)
        return self._pattern.sub(_MASK, text)

    def error(self, error: E) -> E:
        """Take the secrets out of all texts of an error, and return it."""
        error.args = tuple(map(self._anywhere, error.args))
        for name, value in vars(error).items():
            setattr(error, name, self._anywhere(value))
        return error

    def _anywhere(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if type(value) in {list, tuple, set, frozenset}:
            return type(value)(map(self._anywhere, value))  # type: ignore[call-arg, call-overload]
        if type(value) is dict:
            return {self._anywhere(key): self._anywhere(below) for key, below in value.items()}
        return value


def _forms(secret: str) -> list[str]:
    """Return patterns of all that stands for a secret."""
    plain = "".join(map(_character, secret))
    if len(secret) < _LONG:
        return [rf"(?<!\w){plain}(?!\w)"]
    data = secret.encode("utf-8", "surrogatepass")
    # Where it stands amid other text, base64 depends on how many bytes are before it; what surely is of its bits.
    codes = {base64.b64encode(b"\0" * before + data)[(0, 2, 3)[before] :] for before in range(3)}
    whole = {code.rstrip(b"=") for code in codes}
    cut = {code.rstrip(b"=")[:-1] if code.endswith(b"=") else code for code in codes}
    based = ["".join(map(_base64, code.decode())) for code in sorted(whole | cut, key=len, reverse=True)]
    return [plain, *based, data.hex()]


def _base64(character: str) -> str:
    return character if character.isalnum() else _character(character)


def _character(character: str) -> str:
    """Return a pattern of all that stands for a character."""
    number = ord(character)
    # Repetitions are bounded, so that no text makes the search for them slow.
    data = character.encode("utf-8", "surrogatepass")
    encoded = "".join(f"%(?:25){{0,2}}{byte:02x}" for byte in data)
    forms = [
        encoded,
        rf"\\{{1,4}}u{number:04x}",
        "".join(rf"\\{{1,4}}x{byte:02x}" for byte in data),
        f"&#0{{0,4}}{number};?",
        f"&#x0{{0,4}}{number:x};?",
        re.escape(character),
    ]
    if character in _NAMED:
        forms.insert(0, f"&(?:amp;){{0,2}}{_NAMED[character]};?")
    if character in {'"', "\\", "/"}:
        forms.insert(0, rf"\\{{1,4}}{re.escape(character)}")
    if character == " ":
        forms += [r"\+", r"%(?:25){0,2}2b"]
    if character in {"+", "/"}:  # base64 as it goes into an address
        forms.append({"+": "-", "/": "_"}[character])
    return f"(?:{'|'.join(forms)})"

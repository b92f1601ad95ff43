"""Redaction: secrets are wrapped while they are held, and removed from texts that may repeat them."""

from __future__ import annotations

import base64
import hmac
import os
import re
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import wraps
from inspect import signature
from typing import Any, Generic, NoReturn, Self, TypeVar, cast, overload

__all__ = [
    "MASK",
    "LiveRedactor",
    "Redactor",
    "Secret",
    "is_secret_name",
    "keeps_secret",
    "masked",
    "redacted",
    "secret_headers",
    "secret_values",
    "secrets_of",
    "without_frames",
]

C = TypeVar("C", bound=type)
E = TypeVar("E", bound=BaseException)
N = TypeVar("N", bound=Enum)
# Hides the value of a secret, but not that there is none.
T = TypeVar("T", bound="str | Mapping[str, object] | tuple[object, ...]")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

MASK = "***"
"""The replacement for a secret."""
# A shorter secret may be part of any word of a message; it is only removed where it stands alone.
_LONG = 8
_SECRET_NAME = re.compile(
    r"pass(?!ed|ing|ive)|pwd|secret|token|credential|authori[sz]ation|cookie|session|signature"
    r"|(?:api|access|private|auth)[-_ ]?key",
    re.IGNORECASE,
)
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_DEEPEST = 64


class Secret(Generic[T_co]):
    """A value that is never shown: a token, a password, or settings that contain one.

    Its `str`, `repr` and `format` are ``***``. It has no public attributes, a copy of it is the same object,
    `attrs.asdict` and `dataclasses.asdict` leave it as it is, and `json` refuses it. `pickle` refuses it, too, because
    a file or a pipe would contain the value unencrypted: to pass it to another process, pass the result of
    `get_secret_value`. If this library sends it in the body of a request, it sends the value.

    Two secrets are equal if their values are; for texts, the time of the comparison does not depend on where they
    differ.

    Args:
        value: The value to keep secret.
    """

    __slots__ = ("_ask",)

    def __init__(self, value: T_co) -> None:
        # In a closure, so that code that walks attributes does not find it.
        self._ask: Callable[[], T_co] = lambda: value

    @overload
    @classmethod
    def of(cls, value: None) -> None: ...
    @overload
    @classmethod
    def of(cls, value: N) -> N: ...
    @overload
    @classmethod
    def of(cls, value: Secret[T] | T) -> Secret[T]: ...
    @classmethod
    def of(cls, value: Any) -> Any:
        """Return a value as a secret, if it is not one already; None and UNSET stay as they are."""
        return cls.of_any(value)

    @classmethod
    def of_any(cls, value: object) -> object:
        """Do the same as `of` for a value of unknown type, such as a JSON body."""
        return value if value is None or isinstance(value, (Secret, Enum)) else Secret(value)

    def get_secret_value(self) -> T_co:
        """Return the unwrapped value."""
        return self._ask()

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return _equal(self._ask(), other._ask())

    def __hash__(self) -> int:
        try:
            return hash((Secret, self._ask()))
        except TypeError:  # a mapping or a list
            return hash(Secret)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError("a Secret is not pickled, which would show it: pickle what get_secret_value() returns instead")


def _equal(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
    return one == other


def keeps_secret(*names: str) -> Callable[[C], C]:
    """Return a class decorator that wraps the values of some parameters of `__init__` before it runs.

    So if `__init__` fails, for any reason, a traceback that shows its local variables does not show the values.
    """

    def decorate(cls: C) -> C:
        made = cls.__init__  # type: ignore[misc]
        by_position = [name in names for name in signature(made).parameters][1:]

        @wraps(made)
        def init(self: Any, /, *args: Any, **options: Any) -> None:
            secret = [*by_position, *(False for _ in args)]
            args, options = (
                tuple(map(_wrapped, args, secret)),
                dict(zip(options, map(_wrapped, options.values(), [name in names for name in options]), strict=True)),
            )
            made(self, *args, **options)

        cls.__init__ = init  # type: ignore[misc]
        return cls

    return decorate


def _wrapped(value: Any, secret: bool) -> Any:
    return Secret.of(value) if secret else value


def is_secret_name(name: str) -> bool:
    """Return whether a name, in JSON, a query or a header, likely belongs to a secret."""
    return _SECRET_NAME.search(name) is not None


def secret_values(value: object, *, deepest: int = _DEEPEST) -> set[str]:
    """Return the texts in a JSON value that are under the names of secrets, or wrapped, at any depth."""
    found: set[str] = set()
    waiting: list[tuple[object, bool, int]] = [(value, False, deepest)]
    while waiting:
        here, is_secret, left = waiting.pop()
        if isinstance(here, Secret):
            here = here.get_secret_value()
            # In settings that are kept secret as a whole, such as a connector's, the names decide.
            is_secret = is_secret or isinstance(here, str)
        if isinstance(here, str):
            if is_secret and here:
                found.add(here)
        elif left > 0 and isinstance(here, Mapping):
            named = _names_secret(here)
            waiting.extend((below, is_secret or _is_secret(name, named), left - 1) for name, below in here.items())
        elif left > 0 and isinstance(here, (list, tuple)):
            waiting.extend((below, is_secret, left - 1) for below in here)
    return found


def masked(value: V) -> V:
    """Return a JSON value in which each text under the name of a secret is masked, at any depth."""
    return cast("V", _masked(value, False, _DEEPEST))


def _masked(value: object, is_secret: bool, left: int) -> object:
    if isinstance(value, str):
        return MASK if is_secret and value else value
    if isinstance(value, Mapping):
        if left <= 0:
            return MASK
        named = _names_secret(value)
        return {name: _masked(below, is_secret or _is_secret(name, named), left - 1) for name, below in value.items()}
    if type(value) in {list, tuple}:
        below = [_masked(item, is_secret, left - 1) for item in value] if left > 0 else [MASK]  # type: ignore[attr-defined]
        return below if isinstance(value, list) else tuple(below)
    return value


def _names_secret(pair: Mapping[Any, object]) -> bool:
    """Return whether a mapping is a setting, as a pair of name and value, of a secret."""
    return any(isinstance(name := pair.get(key), str) and is_secret_name(name) for key in ("name", "key", "type"))


def _is_secret(name: object, named: bool) -> bool:
    return isinstance(name, str) and ((named and name.lower() == "value") or is_secret_name(name))


def secret_headers(headers: Mapping[str, Secret[str] | str]) -> dict[str, str]:
    """Return the unwrapped headers that are secret: those that are wrapped, or have the name of a secret."""
    return {
        name: value.get_secret_value() if isinstance(value, Secret) else value
        for name, value in headers.items()
        if isinstance(value, Secret) or is_secret_name(name)
    }


def secrets_of(headers: Mapping[str, Secret[str] | str]) -> set[str]:
    """Return the secrets in headers: the values of secret headers, without a scheme such as ``Bearer``."""
    return {word for value in secret_headers(headers).values() for word in value.split() if len(word) >= _LONG}


class Redactor:
    """Removes secrets from texts, in every form in which a server may repeat them.

    The forms are: upper and lower case, percent-encoded (also twice), escaped as in JSON, HTML and Python, in
    hexadecimal, and in base64 alone or within other text. The search takes time in proportion to the length of the
    text.

    Args:
        secrets: The secrets to remove.
        first: A redactor that is applied first; its compiled patterns are reused.
    """

    def __init__(self, secrets: Iterable[str], first: Redactor | None = None) -> None:
        self._secrets = Secret(frozenset(filter(None, secrets)))
        self._first = first
        self._pattern: Secret[re.Pattern[str]] | None = None

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._secrets.get_secret_value())} secrets>"

    def also(self, secrets: Iterable[str]) -> Redactor:
        """Return a redactor that also removes further secrets."""
        known = self._secrets.get_secret_value()
        more = known.union(secrets) - known
        return Redactor(more, self) if more else self

    def text(self, text: str) -> str:
        """Return a text without the secrets."""
        if self._first is not None:
            text = self._first.text(text)
        secrets = self._secrets.get_secret_value()
        if not secrets:
            return text
        if self._pattern is None:
            # The longest first: one secret may be the beginning of another.
            ordered = sorted(secrets, key=len, reverse=True)
            forms = "|".join(form for secret in ordered for form in _forms(secret))
            self._pattern = Secret(re.compile(forms, re.IGNORECASE))
        return self._pattern.get_secret_value().sub(MASK, text)

    def error(self, error: E) -> E:
        """Remove the secrets from an error and its causes, and return it, to be raised again.

        They are removed from all texts and notes; the traceback frames, whose variables may be secrets, are dropped.
        """
        for each in _chain(error):
            self._alone(each)
        return without_frames(error)

    def _alone(self, error: BaseException) -> None:
        error.args = tuple(map(self._anywhere, error.args))
        for name, value in vars(error).items():
            setattr(error, name, self._anywhere(value))

    def _anywhere(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if type(value) in {list, tuple, set, frozenset}:
            return type(value)(map(self._anywhere, value))  # type: ignore[call-arg, call-overload]
        if type(value) is dict:
            return {self._anywhere(key): self._anywhere(below) for key, below in value.items()}
        return value


class LiveRedactor:
    """The redactor of a client, whose secrets change. As long as it exists, `redacted` removes the long ones as well.

    Args:
        secrets: The secrets that do not change.
        lately: Returns those that do.
    """

    def __init__(self, secrets: Iterable[str], lately: Callable[[], set[str]]) -> None:
        self._known = Secret(frozenset(secrets))
        self._lately = lately
        self._last: Secret[frozenset[str]] = Secret(frozenset())
        self._update()
        with _lock:
            _live.add(self)

    @property
    def current(self) -> Redactor:
        """The redactor of all secrets that the client has now."""
        try:
            lately = Secret(frozenset(self._lately()))
        except RuntimeError:  # another thread changes them just now
            return self._current
        if lately != self._last:
            self._last = lately
            self._update()
        return self._current

    @property
    def elsewhere(self) -> Redactor:
        """The same for texts of other clients, too, where a short secret may be any word."""
        _ = self.current
        return self._elsewhere

    def _update(self) -> None:
        secrets = self._known.get_secret_value() | self._last.get_secret_value()
        known = Redactor(secret for secret in secrets if len(secret) >= _LONG)
        self._elsewhere, self._current = known, known.also(secrets)


_live: weakref.WeakSet[LiveRedactor] = weakref.WeakSet()
# Held again by a thread that has it, if the collector of garbage runs a finalizer which makes an error.
_lock = threading.RLock()


def _renew_lock() -> None:
    """Make another lock in a forked process, as a thread that it does not have may hold this one."""
    global _lock  # noqa: PLW0603 - there is one for the process
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def redacted(text: str) -> str:
    """Return a text without the secrets of the clients of this process.

    An instance may repeat them anywhere: in a reason, a status or a name. So the texts of errors pass through here.
    """
    with _lock:
        live = [*_live]
    for each in live:
        text = each.elsewhere.text(text)
    return text


def without_frames(error: E) -> E:
    """Return an error, to be raised again, without its traceback frames, which may contain secrets.

    The error that was being handled when it was raised is dropped, too, but not its explicit cause.
    """
    error.__traceback__ = None
    for each in _chain(error):
        if each.__suppress_context__:
            each.__context__ = None
    return error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all errors that led to it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        here = waiting.pop()
        if here is not None and id(here) not in seen:
            seen.add(id(here))
            waiting += [here.__cause__, here.__context__]
            yield here


def _forms(secret: str) -> list[str]:
    """Return patterns for all forms of a secret."""
    plain = "".join(map(_character, secret))
    if len(secret) < _LONG:
        return [rf"(?<!\w){plain}(?!\w)"]
    data = secret.encode("utf-8", "surrogatepass")
    # Within other text, base64 depends on the number of preceding bytes; only the characters made of its own bits
    # match.
    codes = {base64.b64encode(b"\0" * before + data)[(0, 2, 3)[before] :] for before in range(3)}
    whole = {code.rstrip(b"=") for code in codes}
    cut = {code.rstrip(b"=")[:-1] if code.endswith(b"=") else code for code in codes}
    based = ["".join(map(_base64, code.decode())) for code in sorted(whole | cut, key=len, reverse=True)]
    return [plain, *based, data.hex()]


def _base64(character: str) -> str:
    return character if character.isalnum() else _character(character)


def _character(character: str) -> str:
    """Return a pattern for all forms of a character."""
    number = ord(character)
    # Repetitions are limited, so that no text makes the search slow.
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
    if character in {"+", "/"}:  # base64 as used in URLs
        forms.append({"+": "-", "/": "_"}[character])
    return f"(?:{'|'.join(forms)})"

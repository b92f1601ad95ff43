"""Secrets kept out of whatever leaves: wrapped while they are held, and taken out of texts that may repeat them."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import wraps
from inspect import signature
from typing import Any, Generic, NoReturn, Self, TypeVar, cast, overload

__all__ = [
    "MASK",
    "Redactor",
    "Secret",
    "is_secret_name",
    "keeps_secret",
    "masked",
    "secret_values",
    "secrets_of",
    "without_frames",
]

C = TypeVar("C", bound=type)
E = TypeVar("E", bound=BaseException)
N = TypeVar("N", bound=Enum)
# Whatever is secret, but never that there is nothing.
T = TypeVar("T", bound="str | Mapping[str, object] | tuple[object, ...]")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

MASK = "***"
"""What stands in place of a secret."""
# A shorter one may be a word of any message; it is taken out only where it stands alone.
_LONG = 8
_SECRET_NAME = re.compile(
    r"pass(?!ed|ing|ive)|pwd|secret|token|credential|authori[sz]ation|cookie|session|signature"
    r"|(?:api|access|private|auth)[-_ ]?key",
    re.IGNORECASE,
)
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_DEEPEST = 64


class Secret(Generic[T_co]):
    """A value that nothing shows: a token, a password, or settings that hold some.

    Its `str`, `repr` and `format` are ``***``. It has no attributes to look at, a copy of it is itself, `attrs.asdict`
    and `dataclasses.asdict` leave it as it is, and `json` refuses it. So does `pickle`, as a file or a pipe would hold
    it in the clear: whoever means to hand it to another process hands on what `get_secret_value` returns. Where this
    library sends it in the body of a request, it sends the value.

    Two are equal if their values are, which for texts is found in a time that does not tell where they differ.

    Args:
        value: What is to be kept secret.
    """

    __slots__ = ("_ask",)

    def __init__(self, value: T_co) -> None:
        # In a closure, so that it is not found by what walks attributes.
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
        """Return a value as a secret, if it is not one already; None and UNSET, which say that there is none, stay."""
        return cls.of_any(value)

    @classmethod
    def of_any(cls, value: object) -> object:
        """Do what `of` does with a value of which nothing is known, such as a JSON body."""
        return value if value is None or isinstance(value, (Secret, Enum)) else Secret(value)

    def get_secret_value(self) -> T_co:
        """Return the value, in the clear."""
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
    """Return a class decorator: what is given for some parameters of `__init__` is wrapped before that runs.

    So no traceback shows it with the local variables of an `__init__` that fails, be it because of another parameter.
    """

    def decorate(cls: C) -> C:
        made = cls.__init__  # type: ignore[misc]
        places = [name in names for name in signature(made).parameters][1:]

        @wraps(made)
        def init(self: Any, /, *args: Any, **options: Any) -> None:
            secret = [*places, *(False for _ in args)]
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
    """Return whether what goes by this name, in JSON, a query or a header, is likely a secret."""
    return _SECRET_NAME.search(name) is not None


def secret_values(value: object, *, deepest: int = _DEEPEST) -> set[str]:
    """Return the texts in a JSON value that stand under names of secrets, or are wrapped, however deep."""
    found: set[str] = set()
    waiting: list[tuple[object, bool, int]] = [(value, False, deepest)]
    while waiting:
        here, is_secret, left = waiting.pop()
        if isinstance(here, Secret):
            here = here.get_secret_value()
            # Of settings that are kept secret as a whole, such as a connector's, the names tell.
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
    """Return a JSON value with a mask in place of each text that stands under the name of a secret, however deep."""
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
    """Return whether a mapping is a setting, with its name and value side by side, of something secret."""
    return any(isinstance(name := pair.get(key), str) and is_secret_name(name) for key in ("name", "key", "type"))


def _is_secret(name: object, named: bool) -> bool:
    return isinstance(name, str) and ((named and name.lower() == "value") or is_secret_name(name))


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
        self._secrets = Secret(frozenset(filter(None, secrets)))
        self._first = first
        self._pattern: Secret[re.Pattern[str]] | None = None

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._secrets.get_secret_value())} secrets>"

    def also(self, secrets: Iterable[str]) -> Redactor:
        """Return a redactor that knows more secrets."""
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
        """Take the secrets out of an error and those that led to it, and return it, to be raised anew.

        They are taken out of all texts and notes; the frames that it has come through, whose variables may be secrets,
        are forgotten.
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


def without_frames(error: E) -> E:
    """Return an error, to be raised anew, without the frames that it has come through: they may hold what is secret.

    What it was raised in place of is forgotten, too, but not what is told as its cause.
    """
    error.__traceback__ = None
    for each in _chain(error):
        if each.__suppress_context__:
            each.__context__ = None
    return error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        here = waiting.pop()
        if here is not None and id(here) not in seen:
            seen.add(id(here))
            waiting += [here.__cause__, here.__context__]
            yield here


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

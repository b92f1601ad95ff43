"""The logs of commands on standard error, and the options that say how much: ``-v``, ``-q``, ``--log-json``."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

import typer
from attrs import Factory, define

from domo_async._cli.common.options import hidden_options
from domo_async._cli.common.output import one_line, printable
from domo_async._telemetry import FIELDS

__all__ = ["logs", "take_options"]

_LIBRARY = logging.getLogger("domo_async")
_PANEL = "Logging"


@define
class _Logs:
    """How much the running command logs.

    Attributes:
        quiet: Whether it logs errors alone, and draws no bars.
    """

    quiet: bool = False
    _verbosity: int = 0
    _handler: logging.Handler | None = None
    _before: int = logging.NOTSET
    _others: list[logging.Logger] = Factory(list)

    def begin(self) -> None:
        """Log warnings, until more or less is asked for."""
        self.end()
        self.quiet, self._verbosity = False, 0
        self._handler = _OnStderr()
        self._handler.setFormatter(_Lines())
        _LIBRARY.addHandler(self._handler)
        self._before = _LIBRARY.level
        self._set_level()

    @property
    def is_verbose(self) -> bool:
        """Whether all is logged."""
        return self._verbosity > 1

    def include(self, *loggers: str) -> None:
        """Log what other libraries warn of, too, in the same form."""
        for logger in map(logging.getLogger, loggers):
            if self._handler is not None:
                logger.addHandler(self._handler)
                self._others.append(logger)

    def end(self) -> None:
        """Log nothing any more."""
        if self._handler is not None:
            while self._others:
                self._others.pop().removeHandler(self._handler)
            _LIBRARY.removeHandler(self._handler)
            _LIBRARY.setLevel(self._before)
        self._handler = None

    def more(self, times: int) -> int:
        """Log more: waits and repeated requests, and at the second time each request."""
        self._verbosity += times
        self._set_level()
        return times

    def less(self, wanted: bool) -> bool:
        """Log errors alone."""
        self.quiet = self.quiet or wanted
        self._set_level()
        return wanted

    def as_json(self, wanted: bool) -> bool:
        """Write each log entry as one line of JSON."""
        if wanted and self._handler is not None:
            self._handler.setFormatter(_JsonLines())
        return wanted

    def _set_level(self) -> None:
        if self._handler is not None:
            levels = (logging.WARNING, logging.INFO, logging.DEBUG)
            level = logging.ERROR if self.quiet else levels[min(self._verbosity, 2)]
            self._handler.setLevel(level)
            # Whoever has set the library's level, as tests do, is to see what that lets through.
            _LIBRARY.setLevel(min(level, self._before or level))


logs: _Logs = _Logs()


class _OnStderr(logging.Handler):
    """Writes to whatever standard error is at the time: a bar that is drawn takes its place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
        except Exception:  # noqa: BLE001 - as logging has it
            self.handleError(record)


class _Lines(logging.Formatter):
    """A line for people, whatever a name on the way holds."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created).astimezone()
        line = f"{when:%H:%M:%S} {record.levelname.lower()}: {one_line(record.getMessage())}"
        if record.exc_info and logs.is_verbose:
            line += f"\n{printable(self.formatException(record.exc_info))}"
        return line


class _JsonLines(logging.Formatter):
    """A JSON object for programs, in ASCII, with no more than the fields that are listed."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {name: getattr(record, name) for name in sorted(FIELDS) if getattr(record, name, None) is not None}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": getattr(record, "event", None),
            "message": record.getMessage(),
            **fields,
        }
        return json.dumps(line)


def take_options(command: Any) -> None:
    """Add the options to a command; an option ``--quiet`` of its own then also makes it log less."""
    quiet = next((option for option in command.params if "--quiet" in option.opts), None)
    if quiet is not None:
        quiet.callback = lambda _context, _option, wanted: logs.less(wanted)
    command.params += [option for option in _options() if quiet is None or "--quiet" not in option.opts]


@cache
def _options() -> list[Any]:
    """Return the options, as typer makes them."""

    def none(
        _verbose: Annotated[
            int,
            typer.Option(
                "-v",
                "--verbose",
                count=True,
                callback=logs.more,
                help="Log more on standard error, such as retries and waits; with -vv also each request.",
                rich_help_panel=_PANEL,
                show_default=False,
            ),
        ] = 0,
        _quiet: Annotated[
            bool,
            typer.Option(
                "-q",
                "--quiet",
                callback=logs.less,
                help="Log errors only, and show no progress bars.",
                rich_help_panel=_PANEL,
            ),
        ] = False,
        _log_json: Annotated[
            bool,
            typer.Option(
                "--log-json",
                callback=logs.as_json,
                help="Write each log entry as one line of JSON.",
                rich_help_panel=_PANEL,
            ),
        ] = False,
    ) -> None:
        """Take the options."""

    return hidden_options(none)

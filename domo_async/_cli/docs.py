"""`domo-async docs`: the documentation of this version as a site, built on this machine and read without a network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

import domo_async
from domo_async import ConfigError, DomoError, __version__
from domo_async._cli.common.exits import DebugOption, readable_errors
from domo_async._cli.common.output import err, out

__all__ = ["docs", "site"]

_PACKAGE = Path(domo_async.__file__).parent
_NEEDED = ("mkdocs", "material", "mkdocstrings_handlers", "platformdirs")
# The packages that the site is made with.
_SOURCES = frozenset({".css", ".js", ".md", ".py", ".yml"})


def docs(
    path: Annotated[bool, typer.Option("--path", help="Print the path of the site, and do not open it.")] = False,
    build: Annotated[
        Path | None,
        typer.Option(
            "--build",
            metavar="DIR",
            help="Build the site into this folder, which must be new or empty, and do not open it.",
        ),
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Open the documentation of this version in a browser.

    The site is built once, which takes up to a minute, and kept in the user's cache. Neither building nor reading it
    needs a network. It needs the extra [bold]docs[/].
    """
    with readable_errors(debug=debug):
        if build is None:
            page = site()
        else:
            if build.exists() and (not build.is_dir() or any(build.iterdir())):
                raise ConfigError(f"{build} is not an empty folder: name one that is empty, or that does not exist")
            _build(build)
            page = build / "index.html"
        if path or build is not None or not webbrowser.open(page.resolve().as_uri()):
            out.print(str(page), markup=False, soft_wrap=True)


def site() -> Path:
    """Return the first page of this version's site in the user's cache; builds the site if it is not there.

    Raises:
        ConfigError: The extra ``docs`` is not installed.
        DomoError: The site could not be built; says what MkDocs says.
    """
    _require()
    from platformdirs import user_cache_path  # noqa: PLC0415 - optional

    cache = user_cache_path("domo-async", appauthor=False) / "docs"
    folder = cache / f"{__version__}-{_digest()}"
    if not (folder / "index.html").exists():
        cache.mkdir(parents=True, exist_ok=True)
        earlier = list(cache.iterdir())
        err.print("Building the documentation, which takes up to a minute…")
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            _build(Path(temporary) / "site")
            shutil.rmtree(folder, ignore_errors=True)
            (Path(temporary) / "site").replace(folder)
        for other in earlier:
            shutil.rmtree(other, ignore_errors=True)
    return folder / "index.html"


def _require() -> None:
    if any(find_spec(name) is None for name in _NEEDED):
        raise ConfigError('the documentation is built by MkDocs: pip install "domo-async[docs]"')


def _digest() -> str:
    """Return a short text that changes with whatever the site is made of."""
    paths = sorted(path for path in _PACKAGE.rglob("*") if path.suffix in _SOURCES)
    seen = [(str(path.relative_to(_PACKAGE)), (about := path.stat()).st_size, about.st_mtime_ns) for path in paths]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:12]


def _build(folder: Path) -> None:
    """Run MkDocs, in a process of its own, as it changes settings of the whole process."""
    _require()
    settings = str(_PACKAGE / "_docs" / "mkdocs.yml")
    ended = subprocess.run(  # noqa: S603 - this Python, with arguments of our own
        [sys.executable, "-P", "-m", "mkdocs", "build", "--quiet", "-f", settings, "-d", str(folder.resolve())],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    if ended.returncode:
        raise DomoError(f"MkDocs could not build the documentation:\n{(ended.stderr or ended.stdout).strip()}")

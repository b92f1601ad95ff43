"""`python -m domo_async._release OUT` makes the files of a release."""

from __future__ import annotations

import argparse
from pathlib import Path

from domo_async._release.wheels import build_release

PROJECT = Path(__file__).parents[2]

parser = argparse.ArgumentParser(prog="python -m domo_async._release", description=__doc__)
parser.add_argument("out", nargs="?", type=Path, default=PROJECT / "dist", help="the folder; dist/ unless it is given")
for made in build_release(PROJECT, parser.parse_args().out):
    print(made)  # noqa: T201 - what this is for

"""SQLAlchemy's own tests of dialects, as far as they are about reading one table."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = Path(__file__).parent / "suite"
ROOT = SUITE.parent.parent.parent
# A text without a length is refused by CREATE TABLE, and a DECIMAL is cast by a dataset's rows alone.
WITHOUT = ("test_nolength_string", "test_decimal_coerce_round_trip_w_cast")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_dialect_passes_sqlalchemy_s_own_tests(tmp_path: Path) -> None:
    settings = tmp_path / "setup.cfg"  # SQLAlchemy's plugin reads it where it runs
    requirements = "requirement_cls = tests.dbapi.suite.requirements:Requirements"
    settings.write_text(f"[tool:pytest]\n[sqla_testing]\n{requirements}\nprofile_file = {tmp_path}/profiles.txt\n")
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-c", str(settings), "--rootdir", str(tmp_path), "--noconftest"),
        *("-p", "no:cacheprovider", "-p", "tests.dbapi.suite.plugin", "-n", "0", "--dburi", "writing_domo://"),
        *("-k", " and ".join(f"not {name}" for name in WITHOUT), str(SUITE / "suite.py")),
    ]

    ended = subprocess.run(
        command, cwd=tmp_path, env={"PATH": "", "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )

    passed = re.search(r"(\d+) passed", ended.stdout)
    assert 0 == ended.returncode, ended.stdout[-10_000:] + ended.stderr[-2_000:]
    assert passed is not None
    assert int(passed[1]) >= 200

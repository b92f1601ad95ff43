"""Each example runs as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from domo_async.emulator import Emulator

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DOMO_")}
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**inherited, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=30,
        check=False,
    )


def test_every_example_is_tested_here() -> None:
    tested = Path(__file__).read_text(encoding="utf-8")

    assert [] == [path.name for path in EXAMPLES.glob("*.py") if f'run("{path.name}"' not in tested]


def test_the_async_quickstart_makes_the_tour() -> None:
    ended = run("quickstart_async.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert re.search(r"Created dataset \S+\nUploaded 5 rows in 1 part", ended.stdout)
    assert re.search(r"'North' +119.99\n +None +7.25\n +'South' +5.5\n +'' +3\n", ended.stdout)
    assert "has 5 rows and 1 data version(s)" in ended.stdout
    assert "beginning with 'id,region,amount,ordered_on'" in ended.stdout
    assert "As expected: Invalid column(s) referenced: colour" in ended.stdout


def test_the_sync_quickstart_makes_the_tour() -> None:
    ended = run("quickstart_sync.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "Uploaded 3 rows\nAppended 1 row\n" in ended.stdout
    assert "{'page': '/home', 'visitors': 218, 'last': datetime.datetime(2025, 1, 2, 11, 0)}" in ended.stdout
    assert ended.stdout.endswith("Exported 4 rows\n")


def test_the_bulk_upload_refreshes_all_datasets() -> None:
    ended = run("bulk_upload.py")

    assert (0, "") == (ended.returncode, ended.stderr)
    for line in ("orders.csv: 20000 rows in 2 parts", "returns.csv: 40000 rows in", "visits.csv: 60000 rows in"):
        assert line in ended.stdout
    assert "visits.csv: 100%" in ended.stdout


def test_the_bulk_upload_goes_on_when_a_file_fails(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("a,b\n1,2\n", encoding="utf-8")
    bad.write_text('a,b\n1,"2\n', encoding="utf-8")

    ended = run("bulk_upload.py", str(bad), str(good))

    assert (1, "") == (ended.returncode, ended.stderr)
    assert "good.csv: 1 rows in 1 parts" in ended.stdout
    assert "bad.csv: not uploaded: " in ended.stdout


def test_examples_use_the_instance_that_the_environment_names() -> None:
    with Emulator() as emulator:
        ended = run("quickstart_async.py", DOMO_BASE_URL=emulator.url, DOMO_DEVELOPER_TOKEN=emulator.token)

        assert 0 == ended.returncode, ended.stderr
        assert emulator.log.matching("PUT */commit")
        assert emulator.token not in ended.stdout + ended.stderr

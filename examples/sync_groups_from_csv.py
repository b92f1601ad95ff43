"""Let groups have the members that a CSV file says, and create the users and groups that are missing.

    python examples/sync_groups_from_csv.py [FILE.csv] [--dry-run]

The file has the columns group, email and name, a line for each membership. It is safe to run again: members who
are there already stay. Without any settings it talks to a Domo instance embedded in the process (pip install
"domo-async[emulator]"), and makes up a file if none is given; for an instance of your own, set DOMO_INSTANCE and
DOMO_DEVELOPER_TOKEN.
Exits with 1 if anything was not done.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from domo_async import Domo, DomoError
from domo_async.emulator import Emulator
from domo_async.models import NewUser

MEMBERSHIPS = """\
group,email,name
Buyers,ada@example.com,Ada Lovelace
Buyers,grace@example.com,Grace Hopper
Sellers,grace@example.com,Grace Hopper
Sellers,alan@example.com,Alan Turing
"""


ON_YOUR_OWN = any(name.startswith("DOMO_") for name in os.environ)


@asynccontextmanager
async def connect() -> AsyncIterator[Domo]:
    """Give a client: of your own instance if a DOMO_ variable is set, of an embedded one otherwise."""
    if ON_YOUR_OWN:
        async with Domo.from_env() as domo:
            yield domo
    else:
        async with Emulator() as emulator, emulator.client() as domo:
            yield domo


def read(text: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the names of all people by address, and the addresses of all members by group."""
    names: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        address = row["email"].strip().lower()
        names[address] = row["name"].strip()
        groups.setdefault(row["group"].strip(), []).append(address)
    return names, groups


async def sync(domo: Domo, text: str, *, dry_run: bool) -> bool:
    """Bring users and groups in line with a file, and return whether all went well."""
    names, groups = read(text)

    # Newcomers get the role with the fewest rights; 4 is a Participant.
    newcomers = [NewUser(name, address, role_id=4) for address, name in names.items()]
    users = await domo.users.create_many(newcomers, exists="skip", dry_run=dry_run)
    print(f"Users: {users}\n")
    if dry_run and users.of("created"):
        print("Groups: not looked at, as some of their members would be created first")
        return not users.failed
    for result in users.failed:
        # Who could not be created cannot be a member either.
        for members in groups.values():
            members[:] = [address for address in members if address != result.input.email_address]

    report = await domo.groups.sync(groups, create="closed", dry_run=dry_run)
    print(f"Groups: {report.summary()}")
    for group in report:
        if group.value is not None and group.outcome != "unchanged":
            print(f"\n{group.input}, {group.outcome}: {group.value}")
    return not users.failed and not report.failed


async def main(file: Path | None, *, dry_run: bool) -> bool:
    """Bring the instance in line with a file, and return whether all went well."""
    text = MEMBERSHIPS if file is None else await asyncio.to_thread(file.read_text, encoding="utf-8")
    async with connect() as domo:
        ok = await sync(domo, text, dry_run=dry_run)
        if file is None:
            print("\nAgain, without Alan:\n")
            ok = await sync(domo, text.replace("Sellers,alan@example.com,Alan Turing\n", ""), dry_run=dry_run) and ok
    return ok


given = [argument for argument in sys.argv[1:] if argument != "--dry-run"]
if ON_YOUR_OWN and not given:
    sys.exit("Name a CSV file with the columns group, email and name.")
try:
    succeeded = asyncio.run(main(Path(given[0]) if given else None, dry_run="--dry-run" in sys.argv))
except DomoError as error:
    sys.exit(f"Not all of it was done: {error}")
sys.exit(0 if succeeded else 1)

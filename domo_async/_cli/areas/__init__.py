"""The commands that are calls of one method: a row each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from domo_async._cli.areas import automation, content, data, people
from domo_async._cli.rows import Noun

__all__ = ["EXAMPLES", "NOUNS", "PANELS"]

NOUNS: tuple[Noun, ...] = (*data.NOUNS, *content.NOUNS, *people.NOUNS, *automation.NOUNS)

PANELS: Mapping[str, str] = MappingProxyType(
    {
        "datasets": data.PANEL,
        "users": people.PANEL,
        "groups": people.PANEL,
        "files": data.PANEL,
        "filesets": data.PANEL,
        "workflows": automation.PANEL,
    }
)
"""Under which headings the help lists what is written by hand."""

EXAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "activity export": ("logs --since 30d --format csv",),
        "activity tail": ("--since 2h --follow", "--object-type DATA_SOURCE --event-type DELETED --json"),
        "api": (
            "GET /api/content/v2/users/me --query displayName",
            "GET /api/data/v3/datasources --paginate --query '[].name'",
            "POST /api/search/v1/query --input search.json",
        ),
        "datasets audit": ("--csv", "5f2a --no-roles"),
        "datasets create": ("Orders id:LONG region:STRING amount:DOUBLE",),
        "datasets export": ("5f2a orders.parquet", "5f2a - --sql 'SELECT region FROM table'"),
        "datasets query": (
            "5f2a 'SELECT * FROM table WHERE region = :r' -p r=North",
            "5f2a -f orders.sql --csv",
            "5f2a - --json",
        ),
        "datasets show": ("5f2a", "5f2a --query 'columns[].name'"),
        "datasets sync": ("exports/ -d 5f2a --evolve",),
        "datasets upload": (
            "'exports/*.csv' --create Orders",
            "big.parquet -d 5f2a --resume big.journal",
            "changes.csv -d 5f2a --upsert --keys id",
        ),
        "demo": ("", "--rows 10000"),
        "docs": ("", "--path", "--build site"),
        "doctor": ("--output report.json",),
        "emulator": ("--port 8080 --world demo",),
        "files down": ("101 102 --to papers",),
        "files up": ("a.pdf b.pdf",),
        "filesets pull": ("f1 papers",),
        "filesets push": ("papers f1 --delete --dry-run",),
        "groups sync": ("members.csv --no-remove",),
        "help": ("", "datasets upload"),
        "lineage": ("dataflow:12 --down", "5f2a1111-2222-3333-4444-555566667777 --format dot"),
        "login": ("--profile prod --proxy http://proxy.example.com:3128",),
        "logout": ("--profile prod",),
        "mcp": ("--profile prod", "--allow-writes workflows,datasets --max-chars 40000"),
        "profiles": ("", "--json"),
        "search": ("'sales*' --entities dataset --json", "orders --all --csv"),
        "stale": ("--days 180 --kinds card --csv",),
        "users import": ("users.csv --exists update --dry-run",),
        "users offboard": ("ann@example.com --to bob@example.com --dry-run",),
        "whoami": ("", "--profile prod"),
        "workflows start": ("3fa8 --message-name 'Start Refunds' --version 1.0.0 -d order:=4711 --wait",),
    }
)
"""The examples of the commands that are written by hand, for their help."""

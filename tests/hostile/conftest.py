"""How long the suite goes on, and what it reports in the end."""

from __future__ import annotations

from collections import Counter

import pytest


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many calls were tried, and how they ended."""
    ends: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, value in report.user_properties:
                    if name == "ends":
                        ends.update(value)
    if ends:
        terminalreporter.section("hostile")
        terminalreporter.write_line(f"{ends.total():,} calls")
        for end, times in ends.most_common():
            terminalreporter.write_line(f"{times:8,} {end}")

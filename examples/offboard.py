"""Give everything that a leaver owns to a colleague; tells kind by kind what there is before it begins.

    python examples/offboard.py LEAVER COLLEAGUE           # numbers or e-mail addresses; DOMO_INSTANCE … are set
    domo-async users offboard LEAVER --to COLLEAGUE        # the same, from the command line

Safe to run again: content that was given away no longer belongs to the leaver. Exits with 1 if something is left.
"""

from __future__ import annotations

import sys

from domo_async.sync import Domo

leaver, colleague = sys.argv[1:]
with Domo.from_env() as domo:
    plan = domo.users.plan_offboarding(leaver, to=colleague)
    print(plan)
    report = domo.users.carry_out_offboarding(plan)
print(report.summary())
for row in report:
    if not row.ok or row.outcome == "skipped":
        print(f"{row.input}: {row.error or row.note}")
sys.exit(0 if report.complete else 1)

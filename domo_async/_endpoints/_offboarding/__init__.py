"""Offboarding: everything that a user has is found, kind by kind, and given to another.

It stands above the areas, whose methods it calls; the client connects it with `Users`.
"""

from __future__ import annotations

from domo_async._endpoints._offboarding.carrying import carry_out_plan
from domo_async._endpoints._offboarding.planning import make_plan

__all__ = ["carry_out_plan", "make_plan"]

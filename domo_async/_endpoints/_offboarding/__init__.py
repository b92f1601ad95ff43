"""Offboarding: all objects of a user are found, type by type, and given to another user.

This package builds on the areas, whose methods do the work; `Users` imports it when it is called.
"""

from __future__ import annotations

from domo_async._endpoints._offboarding.carrying import carry_out_plan
from domo_async._endpoints._offboarding.planning import make_plan

__all__ = ["carry_out_plan", "make_plan"]

"""The surveyors to be tested; the compiled one is skipped where it could not be built."""

from __future__ import annotations

import pytest

from domo_async.transfer.csv.survey import Surveyor, surveyor

__all__ = ["FASTEST", "SURVEYORS", "needs_compiled"]

FASTEST = type(surveyor(None))
needs_compiled = pytest.mark.skipif(FASTEST is Surveyor, reason="there was no compiler when this was installed")
SURVEYORS = [pytest.param(Surveyor, id="plain"), pytest.param(FASTEST, id="compiled", marks=needs_compiled)]

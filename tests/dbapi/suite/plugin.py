"""A plugin of pytest: an embedded instance, and SQLAlchemy's own plugin, which runs its tests against it."""

from __future__ import annotations

import atexit
import os

import pytest
from sqlalchemy.dialects import registry

from domo_async.emulator import Emulator

# Whatever is imported from there has to be rewritten first.
pytest.register_assert_rewrite("sqlalchemy.testing.assertions")

from sqlalchemy.testing.plugin.pytestplugin import *  # noqa: E402, F403 - how SQLAlchemy says that it is used

_emulator = Emulator()
_emulator.__enter__()
atexit.register(_emulator.__exit__, None, None, None)
os.environ["DOMO_BASE_URL"], os.environ["DOMO_DEVELOPER_TOKEN"] = _emulator.url, _emulator.token
for name in ("writing_domo", "writing_domo.rest"):
    registry.register(name, "tests.dbapi.suite.writing", "WritingDialect")

"""The generator of the synchronous facade, the index of routes and `domo_async.models`; `sync/_generate.py` runs it.

It needs ruff, the formatter, which the extra `dev` installs. The async side is read, never imported.
"""

from __future__ import annotations

from domo_async._generator.facade import Generator
from domo_async._generator.layout import HEADER, MARK
from domo_async._generator.models import MODELS, models_module
from domo_async._generator.routes import ROUTES, routes_page
from domo_async._generator.wording import OMITTED, RULES, Rule

__all__ = [
    "HEADER",
    "MARK",
    "MODELS",
    "OMITTED",
    "ROUTES",
    "RULES",
    "Generator",
    "Rule",
    "models_module",
    "routes_page",
]

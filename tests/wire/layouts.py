"""Layouts as the hooks of models compile them, for tests that do not wait until keys were met often."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from domo_async._wire import Model
from domo_async._wire.fast_paths import without_null
from domo_async._wire.hooks import converter
from domo_async._wire.model import model_fields

if TYPE_CHECKING:
    from domo_async._wire.layouts import Layouts

needs_layouts = pytest.mark.skipif(
    find_spec("domo_async._wire._decoding") is None, reason="not compiled here; .ci/run fails without"
)


def layouts_of(model: type[Model], keys: Sequence[str]) -> Layouts:
    """Return the layouts of a model: one, for these keys in their order."""
    from domo_async._wire.layouts import Layouts

    hook_of = converter(strict=False).get_structure_hook
    needed = [without_null(each.type) for each in model_fields(model)]
    layouts = Layouts(model, model_fields(model), [(hook_of(into), into) for into in needed])
    layouts.compile(keys)
    return layouts

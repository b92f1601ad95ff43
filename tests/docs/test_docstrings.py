"""What the reference shows of docstrings and signatures."""

from __future__ import annotations

from pathlib import Path

import griffe
import pytest

from domo_async._docs.docstrings import Docstrings

SHOP = '''
from attrs import frozen, field
{extra}

@frozen(kw_only=True)
class Order:
    """An order, see `Domo` and `total`, not `other`.

    Example:
        order = Order(id=1)

        order.total()

    Attributes:
        id: Its number.
    """

    id: int
    notes: list[str] = field(factory=list)
    region: str = "North"

    def total(self) -> int:
        """Return the total."""
'''


@pytest.mark.parametrize(
    ("extra", "parameters"),
    [
        pytest.param("", ["self", "id", "notes", "region"], id="installed"),
        pytest.param("import an_extra_that_is_missing", None, id="an-extra-is-missing"),
    ],
)
def test_examples_are_code_names_are_links_and_attrs_classes_have_signatures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: str, parameters: list[str] | None
) -> None:
    name = "documented_shop" + ("" if parameters else "_extra")
    (tmp_path / f"{name}.py").write_text(SHOP.format(extra=extra), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    module = griffe.load(name, extensions=griffe.load_extensions(Docstrings))
    order = module["Order"]

    assert order.docstring is not None
    text = order.docstring.value
    assert '<autoref optional identifier="domo_async.Domo"><code>Domo</code></autoref>' in text
    assert f'<autoref optional identifier="{name}.Order.total"><code>total</code></autoref>, not `other`.' in text
    assert "    ```python\n    order = Order(id=1)\n\n    order.total()\n    ```\n" in text
    made = order.members.get("__init__")
    assert parameters == (None if made is None else [each.name for each in made.parameters])
    if made is not None:
        assert [None, None, "...", "'North'"] == [each.default for each in made.parameters]

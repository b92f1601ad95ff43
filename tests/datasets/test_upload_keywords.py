"""All calls that upload take the same keywords."""

from __future__ import annotations

import inspect
import sys

import attrs
import pytest

from domo_async import ConfigError, Domo, UploadKeywords
from domo_async._endpoints.datasets.area import Datasets
from domo_async._transfer import UploadOptions
from domo_async.emulator import Emulator

UPLOADS = ["plan_upload", "create_from", "upload_many", "load_folder", "upsert", "delete_rows"]


def test_upload_names_every_keyword_with_its_default() -> None:
    keywords = {
        name: parameter
        for name, parameter in inspect.signature(Datasets.upload).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }

    assert set(keywords) == set(UploadKeywords.__annotations__) == {each.name for each in attrs.fields(UploadOptions)}
    assert UploadOptions() == UploadOptions(**{name: each.default for name, each in keywords.items()})


@pytest.mark.parametrize("name", UPLOADS)
def test_every_call_that_uploads_takes_these_keywords(name: str) -> None:
    options = inspect.signature(getattr(Datasets, name)).parameters["options"]

    assert inspect.Parameter.VAR_KEYWORD is options.kind
    assert "Unpack[UploadKeywords]" == options.annotation


async def test_a_keyword_of_an_upload_counts_in_each_of_them(domo: Domo) -> None:
    shared: UploadKeywords = {"delimiter": ";", "header": True}
    made = await domo.datasets.create_from(b"id;name\n1;a\n", "Made", **shared)

    plan = await domo.datasets.plan_upload(made.id, b"id;name\n2;b\n", **shared)
    adding: UploadKeywords = {**shared, "action": "APPEND"}
    await domo.datasets.upload_many({made.id: b"id;name\n2;b\n"}, **adding)
    await domo.datasets.upload(made.id, b"id;name\n3;c\n", **adding)

    assert (1, True) == (plan.rows, plan.header)
    found = await domo.datasets.query(made.id, "SELECT id, name FROM table ORDER BY id")
    assert [(1, "a"), (2, "b"), (3, "c")] == [tuple(row) for row in found]


@pytest.mark.parametrize("name", UPLOADS)
async def test_a_wrong_keyword_is_named_before_anything_is_sent(
    domo: Domo, emulator: Emulator, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ({"d": b""},) if name == "upload_many" else ("d", b"1\n")
    required = {"ledger": "x"} if name == "load_folder" else {}
    before = len(emulator.log)

    with pytest.raises(TypeError, match=rf"^{name}\(\) got an unexpected .* 'resum'; did you mean 'resume'"):
        await getattr(domo.datasets, name)(*given, **required, resum="x")
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    with pytest.raises(ConfigError, match="progress=True draws with rich: pip install"):
        await getattr(domo.datasets, name)(*given, **required, progress=True)

    assert before == len(emulator.log)

"""What the AI services are not asked, and what is not asked twice."""

from __future__ import annotations

import pytest
from aiohttp import web

from domo_async import ConfigError, ServerError
from domo_async._endpoints.ai import GeneratedText, WordLength
from domo_async._wire import structure
from tests.support import talking_to


async def test_text_whose_answer_is_lost_is_not_charged_again() -> None:
    asked = []

    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(await request.json())
        return web.Response(status=500)

    async with talking_to(broken) as domo:
        with pytest.raises(ServerError):
            await domo.ai.generate_text(input="Why?")
        with pytest.raises(ConfigError, match="data_source_schemas is empty"):
            await domo.ai.text_to_sql(input="How many?", data_source_schemas=[])

    assert [{"input": "Why?"}] == asked


def test_a_summary_cannot_have_more_words_at_least_than_at_most() -> None:
    with pytest.raises(ConfigError, match="10 to 5 words"):
        WordLength(10, 5)

    assert 10 == WordLength(10).min
    assert 5 == WordLength(5, 5).max


@pytest.mark.parametrize(
    ("answer", "output"),
    [
        ({"choices": [{"output": "x"}, {"output": "y"}], "modelId": "m"}, "x"),
        ({"output": None, "choices": [{"output": "x"}]}, "x"),
        ({"output": "o", "choices": [{"output": "x"}]}, "o"),
        ({"choices": {"output": "x"}}, "x"),
        ({"choices": [], "modelId": "m"}, ""),
        ({}, ""),
    ],
)
def test_a_text_is_taken_from_where_the_answer_has_it(answer: object, output: str) -> None:
    assert output == structure(answer, GeneratedText).output

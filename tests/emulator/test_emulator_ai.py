"""AI services: prompts that are seen, summaries that keep to what is asked, SQL that runs."""

from __future__ import annotations

from typing import Any

import pytest

from domo_async import Domo
from domo_async._endpoints.ai import (
    ChatMessage,
    ClassificationLabel,
    DataSourceSchema,
    Image,
    PromptTemplate,
    SchemaColumn,
    WordLength,
)
from tests.emulator.plain_client import PlainClient, plain_client

CITY = """San Francisco, officially the City and County of San Francisco, is a commercial, financial, and cultural
center in Northern California. The city is known for its hills, its fog and its bridge. San Francisco is the fourth most
populous city in California. It was founded in 1776. Many people visit the city and its bridge each year."""
COLUMNS = {"region": "STRING", "product": "STRING", "amount": "LONG", "orderDate": "DATETIME", "Order Id": "LONG"}
ROWS = b"""West,Desk,10,2024-01-05T10:00:00,1
West,Lamp,30,2024-02-05T10:00:00,2
East,Desk,5,2024-02-06T10:00:00,3
East,Sofa,100,2025-02-06T10:00:00,4
North,Lamp,7,2025-03-06T10:00:00,5
"""


async def test_a_generated_text_tells_the_prompt_and_the_model(domo: Domo):
    plain = await domo.ai.generate_text(input="Why is the sky blue?")
    filled = await domo.ai.generate_text(
        input="Why?",
        prompt_template=PromptTemplate("${system}: answer in ${language}, ${nothing}: ${input}"),
        parameters={"language": "Japanese", "input": "not this"},
        system="Be brief",
        model="mine",
    )

    assert "Why is the sky blue?" in plain.output
    assert "domo.domo_ai.domogpt-chat-small-v1:anthropic" == plain.model_id
    assert filled.output.endswith("Be brief: answer in Japanese, ${nothing}: Why?")
    assert "mine" == filled.model_id
    assert plain.output == (await domo.ai.generate_text(input="Why is the sky blue?")).output


async def test_a_body_that_is_not_a_request_is_refused(plain: PlainClient):
    wrong: list[dict[str, Any]] = [
        {},
        {"input": ""},
        {"input": "Why?", "promptTemplate": {"text": "${input}"}},
        {"input": "Why?", "parameters": ["a"]},
        {"input": "Why?", "model": 3},
        {"input": "Why?", "outputStyle": "POEM"},
        {"input": "Why?", "outputWordLength": {"min": 5, "max": 4}},
    ]
    for body in wrong:
        await plain.call("POST", "/api/ai/v1/text/summarize", json=body, status=400)
    senseless: list[Any] = [[], [{"columns": []}], [{"dataSourceName": "Sales", "columns": 1}]]
    for schemas in senseless:
        body = {"input": "Why?", "dataSourceSchemas": schemas}
        await plain.call("POST", "/api/ai/v1/text/sql", json=body, status=400)


@pytest.mark.parametrize(("least", "most"), [(5, 10), (20, 30), (1, 1), (30, 40), (60, 500)])
async def test_a_summary_has_as_many_words_as_asked_out_of_the_text(domo: Domo, least: int, most: int):
    summary = await domo.ai.summarize(input=CITY, output_word_length=WordLength(least, most))
    words = summary.output.split()

    assert min(least, len(CITY.split())) <= len(words) <= most
    assert {word.strip(".,") for word in words} <= {word.strip(".,") for word in CITY.split()}


async def test_a_summary_is_laid_out_in_the_style_that_is_asked(domo: Domo):
    length = WordLength(20, 30)
    bullets = await domo.ai.summarize(input=CITY, output_style="BULLETED", output_word_length=length)
    numbers = await domo.ai.summarize(input=CITY, output_style="NUMBERED", output_word_length=length)
    paragraph = await domo.ai.summarize(input=CITY, output_style="PARAGRAPH", output_word_length=length)
    lines = bullets.output.splitlines()

    assert len(lines) > 1
    assert all(line.startswith("- ") for line in lines)
    assert [f"{place}. {line[2:]}" for place, line in enumerate(lines, 1)] == numbers.output.splitlines()
    assert " ".join(line[2:] for line in lines) == paragraph.output


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("What are my total sales by region?", [["East", 105], ["North", 7], ["West", 40]]),
        ("average amount per product", [["Desk", 7.5], ["Lamp", 18.5], ["Sofa", 100.0]]),
        ("How many orders?", [[5]]),
        ("How many distinct products are there per region?", [["East", 2], ["North", 1], ["West", 2]]),
        ("Top 2 regions by amount", [["East", 105], ["West", 40]]),
        ("total sales by year", [[2024, 45], [2025, 107]]),
        ("Total amount by month", [["2024-01", 10], ["2024-02", 35], ["2025-02", 100], ["2025-03", 7]]),
        ("highest amount", [[100]]),
        ("latest order date per region", None),
        ("total amount where region is 'West'", [[40]]),
        ("products with amount over 20", [["Lamp"], ["Sofa"]]),
        ("distinct regions", [["East"], ["North"], ["West"]]),
        ("order ids with amount at most 7", [[3], [5]]),
        ("Show me everything", None),
        ("bottom 1 product by amount", [["Desk", 15]]),
    ],
)
async def test_sql_is_written_that_answers_the_question(question: str, rows: list[list[object]] | None):
    async with plain_client() as plain, plain.emulator.client() as domo:
        dataset = await plain.create(COLUMNS, "Store Sales")
        await plain.upload(dataset, ROWS)
        columns = [SchemaColumn(name, kind) for name, kind in COLUMNS.items()]
        other = DataSourceSchema("People", [SchemaColumn("salary", "DOUBLE")])
        written = await domo.ai.text_to_sql(
            input=question, data_source_schemas=[DataSourceSchema("Store Sales", columns), other]
        )
        found = await plain.rows(dataset, written.output)

    assert "FROM `Store Sales`" in written.output
    assert found
    if rows is not None:
        # Only rankings and periods come in an order.
        assert rows == (found if "ORDER BY" in written.output else sorted(found))


async def test_a_question_is_about_the_data_whose_columns_it_names(domo: Domo):
    schemas = [
        DataSourceSchema("Orders", [SchemaColumn("amount", "LONG")]),
        DataSourceSchema("Employees", [SchemaColumn("salary", "DOUBLE"), SchemaColumn("team`s name", "STRING")]),
    ]
    written = await domo.ai.text_to_sql(input="average salary per team s name", data_source_schemas=schemas)

    assert (
        "SELECT `team``s name`, AVG(`salary`) AS `average_salary` FROM `Employees` GROUP BY `team``s name`"
        == written.output
    )


async def test_an_answer_has_choices_a_session_and_what_it_cost(domo: Domo):
    first = await domo.ai.generate_text(input="Why is it so?", session_id="mine")
    other = await domo.ai.generate_text(input="Why is it so?")

    assert ("mine", "Why is it so?", False) == (first.session_id, first.prompt, first.is_customer_model)
    assert [first.output] == [choice.output for choice in first.choices]
    assert other.session_id not in {None, "mine"}
    assert first.model_provider_usage is not None
    assert 4 == first.model_provider_usage.input_tokens


async def test_a_chat_is_answered_and_a_tool_is_asked_for(domo: Domo, plain: PlainClient):
    told = await domo.ai.chat(messages=["Why?", ChatMessage("Because.", "ASSISTANT"), "Really?"], session_id="mine")
    tools = [{"name": "add_to_cart", "description": "", "parameters": {}}]
    asked = await domo.ai.call_tools(messages=["Please add it to my cart"], tools=tools)
    plainly = await domo.ai.call_tools(messages=["Why?"], tools=tools)

    assert ("An emulated answer to: Really?", "END_TURN", "mine") == (told.text, told.stop_reason, told.session_id)
    assert ("TOOL_USE", "add_to_cart", "") == (asked.stop_reason, asked.content[0]["name"], asked.text)
    assert "END_TURN" == plainly.stop_reason
    wrong: list[Any] = [[], [{"content": "text"}], [{"role": "CAT", "content": []}]]
    for messages in wrong:
        body = {"input": messages}
        await plain.call("POST", "/api/ai/v1/messages/chat", json=body, status=400)


async def test_vectors_are_the_same_for_the_same_and_nearer_for_what_is_alike(domo: Domo):
    answer = await domo.ai.embed_text(["big red dog", "big red cat", "tax law", "big red dog"], dimensions=64)
    dog, cat, law, again = answer.embeddings
    images = await domo.ai.embed_images([Image(b"one", "image/png"), Image(b"two", "image/png")])

    def likeness(one: tuple[float, ...], other: tuple[float, ...]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert (64, dog) == (len(dog), again)
    assert likeness(dog, cat) > likeness(dog, law)
    assert images.embeddings[0] != images.embeddings[1]


async def test_a_picture_and_a_calculation_are_written_about(domo: Domo, plain: PlainClient):
    schema = DataSourceSchema("Orders", [SchemaColumn("amount", "LONG"), SchemaColumn("region", "STRING")])

    seen = await domo.ai.image_to_text(image=Image(b"abc", "image/png"))
    sum_of = await domo.ai.text_to_beast_mode(input="total amount", data_source_schema=schema)

    assert "3 bytes" in seen.output
    assert "SUM(`amount`)" in sum_of.output
    assert "FROM" not in sum_of.output
    await plain.call("POST", "/api/ai/v1/image/text", json={"image": {"data": "no base64!"}}, status=400)


async def test_texts_are_classified_judged_and_searched_for_values(domo: Domo, plain: PlainClient):
    labels = [ClassificationLabel("outage", "the system is down"), ClassificationLabel("request", "a wish for more")]

    one = await domo.ai.classify("Our system went down", labels=labels)
    both = await domo.ai.classify("nothing of these", labels=labels, multi_label=True)
    found = await domo.ai.extract(
        "Name: Sarah Johnson, email: s@example.com", output_structure={"name": {}, "email": {}, "phone": {}}
    )
    whole = await domo.ai.sentiment("The product is excellent and works perfectly.")
    parts = await domo.ai.sentiment("The price is fair. Shipping was slow.", topics=["price", "shipping", "color"])

    assert (("outage",), "SINGLE_LABEL") == (one.output, one.classification_type)
    assert ("outage", "request") == both.output
    assert {"name": "Sarah Johnson", "email": "s@example.com", "phone": None} == found.output
    assert ("positive", None) == (whole.sentiment, whole.topic_sentiments)
    assert {"price": "positive", "shipping": "negative", "color": "not_applicable"} == parts.topic_sentiments
    for path in ("classification", "extract", "sentiment", "targeted-sentiment"):
        await plain.call("POST", f"/api/ai/v1/{path}", json={"input": "text"}, status=400)
        if path != "sentiment":
            await plain.call("POST", f"/api/ai/v1/{path}", json={"input": [{"type": "TEXT", "text": "a"}]}, status=400)

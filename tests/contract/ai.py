"""AI services: E003 to E005."""

from __future__ import annotations

from domo_async._endpoints.ai import (
    DataSourceSchema,
    GeneratedText,
    OutputStyle,
    PromptTemplate,
    SchemaColumn,
    WordLength,
)
from tests.contract.row import Row, Sent, documented

MODEL = "domo.domo_ai.domogpt-chat-small-v1:anthropic"
IN_LANGUAGE = "Respond to the following in ${language}: ${input}"
SALES = DataSourceSchema(
    "Store Sales",
    [
        SchemaColumn("product", "STRING"),
        SchemaColumn("store", "LONG"),
        SchemaColumn("amount", "LONG"),
        SchemaColumn("timestamp", "DATETIME"),
        SchemaColumn("region", "STRING", "Where it was sold"),
    ],
)
CITY = (
    "San Francisco, officially the City and County of San Francisco, is a commercial, financial, and cultural center."
)

ROWS = [
    Row(
        "E003",
        lambda domo: domo.ai.generate_text(input="Why is the sky blue?"),
        Sent("POST", "/api/ai/v1/text/generation", json={"input": "Why is the sky blue?"}, answer=documented("E003")),
        gives=GeneratedText,
    ),
    Row(
        "E003",
        lambda domo: domo.ai.generate_text(
            input="Why is the sky blue?",
            prompt_template=IN_LANGUAGE,
            parameters={"language": "Japanese"},
            model=MODEL,
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/generation",
            json={
                "input": "Why is the sky blue?",
                "promptTemplate": {"template": IN_LANGUAGE},
                "parameters": {"language": "Japanese"},
                "model": MODEL,
            },
            answer=documented("E003"),
        ),
        gives=GeneratedText,
        note="with a template",
    ),
    Row(
        "E003",
        lambda domo: domo.ai.generate_text(
            input="Why is the sky blue?",
            prompt_template=PromptTemplate("${system}\n${input}"),
            system="Respond only in Japanese",
            model_configuration={"temperature": 0.2, "max_tokens": 100},
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/generation",
            json={
                "input": "Why is the sky blue?",
                "promptTemplate": {"template": "${system}\n${input}"},
                "system": "Respond only in Japanese",
                "modelConfiguration": {"temperature": 0.2, "max_tokens": 100},
            },
            answer=documented("E003"),
        ),
        gives=GeneratedText,
        note="with a system message",
    ),
    Row(
        "E004",
        lambda domo: domo.ai.text_to_sql(input="What are my total sales by region?", data_source_schemas=[SALES]),
        Sent(
            "POST",
            "/api/ai/v1/text/sql",
            json={
                "input": "What are my total sales by region?",
                "dataSourceSchemas": [
                    {
                        "dataSourceName": "Store Sales",
                        "description": "",
                        "columns": [
                            {"type": "STRING", "name": "product", "description": ""},
                            {"type": "LONG", "name": "store", "description": ""},
                            {"type": "LONG", "name": "amount", "description": ""},
                            {"type": "DATETIME", "name": "timestamp", "description": ""},
                            {"type": "STRING", "name": "region", "description": "Where it was sold"},
                        ],
                    }
                ],
            },
            answer=documented("E004"),
        ),
        gives=GeneratedText,
    ),
    Row(
        "E004",
        lambda domo: domo.ai.text_to_sql(
            input="How many?",
            data_source_schemas=[DataSourceSchema("Orders", [SchemaColumn("id", "LONG")], "All orders")],
            model=MODEL,
            model_configuration={"temperature": 0},
            prompt_template="${input} ${hint}",
            parameters={"hint": "Count."},
            system="Write MySQL",
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/sql",
            json={
                "input": "How many?",
                "dataSourceSchemas": [
                    {
                        "dataSourceName": "Orders",
                        "description": "All orders",
                        "columns": [{"name": "id", "type": "LONG", "description": ""}],
                    }
                ],
                "model": MODEL,
                "modelConfiguration": {"temperature": 0},
                "promptTemplate": {"template": "${input} ${hint}"},
                "parameters": {"hint": "Count."},
                "system": "Write MySQL",
            },
            answer=documented("E004"),
        ),
        gives=GeneratedText,
        note="with everything",
    ),
    Row(
        "E005",
        lambda domo: domo.ai.summarize(input=CITY),
        Sent("POST", "/api/ai/v1/text/summarize", json={"input": CITY}, answer=documented("E005")),
        gives=GeneratedText,
    ),
    Row(
        "E005",
        lambda domo: domo.ai.summarize(
            input=CITY,
            output_word_length=WordLength(5, 10),
            output_style=OutputStyle.PARAGRAPH,
            model="domo.domo_ai.domogpt-summarize-v1:anthropic",
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/summarize",
            json={
                "input": CITY,
                "outputWordLength": {"min": 5, "max": 10},
                "outputStyle": "PARAGRAPH",
                "model": "domo.domo_ai.domogpt-summarize-v1:anthropic",
            },
            answer=documented("E005"),
        ),
        gives=GeneratedText,
        note="customised",
    ),
    Row(
        "E005",
        lambda domo: domo.ai.summarize(
            input=CITY,
            output_word_length=WordLength(max=10),
            output_style="BULLETED",
            model_configuration={"temperature": 0},
            prompt_template="${system} ${input}${end}",
            parameters={"end": "."},
            system="Be brief",
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/summarize",
            json={
                "input": CITY,
                "outputWordLength": {"max": 10},
                "outputStyle": "BULLETED",
                "modelConfiguration": {"temperature": 0},
                "promptTemplate": {"template": "${system} ${input}${end}"},
                "parameters": {"end": "."},
                "system": "Be brief",
            },
            answer=documented("E005"),
        ),
        gives=GeneratedText,
        note="with one limit and everything else",
    ),
]

"""AI services: E003 to E005, and what Domo's own OpenAPI of them has beside these."""

from __future__ import annotations

from domo_async._endpoints.ai import (
    ChatAnswer,
    ChatMessage,
    Chunking,
    Classification,
    ClassificationLabel,
    DataSourceSchema,
    Embeddings,
    ExtractedData,
    GeneratedText,
    Image,
    OutputStyle,
    PromptTemplate,
    SchemaColumn,
    Sentiment,
    SentimentTopic,
    WordLength,
)
from tests.contract.row import Row, Sent, documented, whole

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
SESSION = "34c1b391-1302-4149-89ad-dd5c9a009e89"
USAGE = {"inputTokens": 12, "outputTokens": 5, "totalTokens": 17, "reasoningTokens": 0}
WRITTEN = {
    "prompt": "Why is the sky blue?",
    "choices": [{"output": "Because of Rayleigh scattering."}],
    "output": "Because of Rayleigh scattering.",
    "modelId": MODEL,
    "sessionId": SESSION,
    "isCustomerModel": False,
    "modelProviderUsage": USAGE,
}
SAID = {
    "content": [{"type": "TEXT", "text": "The sky appears blue."}],
    "modelId": MODEL,
    "isCustomerModel": False,
    "sessionId": SESSION,
    "requestId": "df2256fd-d133-4ea1-b958-295be09be7c1",
    "stopReason": "END_TURN",
}
JUDGED = {"model": MODEL, "isCustomerModel": False, "sessionId": SESSION, "requestId": "5e2d7a6b"}
EMBEDDED = {"embeddings": [[0.1, 0.2, 0.3, 0.4, 0.5]], "modelId": MODEL, "modelProviderUsage": USAGE}
PNG = {"data": "iVBORw==", "mediaType": "image/png", "type": "base64"}
ORDERS = DataSourceSchema("Orders", [SchemaColumn("id", "LONG")])
ORDERS_SENT = {
    "dataSourceName": "Orders",
    "description": "",
    "columns": [{"name": "id", "type": "LONG", "description": ""}],
}
TOOL = {"name": "add_to_cart", "description": "Add", "parameters": {"type": "object", "properties": {}}}

ROWS = [
    Row(
        "openapi: AI Services, Text Generation",
        lambda domo: domo.ai.generate_text(
            input="Why?",
            session_id=SESSION,
            temperature=0.2,
            max_tokens=100,
            reasoning_effort="LOW",
            response_format={"type": "json", "schema": {}},
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/generation",
            json={
                "input": "Why?",
                "sessionId": SESSION,
                "temperature": 0.2,
                "maxTokens": 100,
                "reasoningConfig": {"reasoningEffort": "LOW"},
                "responseFormat": {"type": "json", "schema": {}},
            },
            answer=whole(WRITTEN),
        ),
        gives=GeneratedText,
        note="with all keywords",
    ),
    Row(
        "openapi: AI Services, Text-to-SQL",
        lambda domo: domo.ai.text_to_sql(
            input="How many?",
            data_source_schemas=[ORDERS],
            dialect="MYSQL",
            domo_supported=True,
            sql_request_options=["DISALLOW_JOINS"],
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/sql",
            json={
                "input": "How many?",
                "dataSourceSchemas": [ORDERS_SENT],
                "dialect": "MYSQL",
                "domoSupported": True,
                "sqlRequestOptions": ["DISALLOW_JOINS"],
            },
            answer=whole({key: value for key, value in WRITTEN.items() if key != "output"}),
        ),
        gives=lambda written: written.output == "Because of Rayleigh scattering.",
        note="with the text in choices alone",
    ),
    Row(
        "openapi: AI Services, Text Summarization",
        lambda domo: domo.ai.summarize(
            input=CITY, output_style="bulleted", chunking_configuration=Chunking(max_chunk_size=9, separators=["\n"])
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/summarize",
            json={
                "input": CITY,
                "outputStyle": "bulleted",
                "chunkingConfiguration": {"maxChunkSize": 9, "separators": ["\n"]},
            },
            answer=whole(WRITTEN),
        ),
        gives=GeneratedText,
        note="cut into pieces",
    ),
    Row(
        "openapi: AI Services, Text-to-BeastMode",
        lambda domo: domo.ai.text_to_beast_mode(
            input="Count", data_source_schema=ORDERS, disable_validation=True, prompt_template="${input}"
        ),
        Sent(
            "POST",
            "/api/ai/v1/text/beastmode",
            json={
                "input": "Count",
                "dataSourceSchema": ORDERS_SENT,
                "disableValidation": True,
                "promptTemplate": {"template": "${input}"},
            },
            answer=whole(WRITTEN),
        ),
        gives=GeneratedText,
    ),
    Row(
        "openapi: AI Services, Image to Text",
        lambda domo: domo.ai.image_to_text(image=Image(b"\x89PNG", "image/png"), max_tokens=500),
        Sent(
            "POST",
            "/api/ai/v1/image/text",
            json={"image": PNG, "maxTokens": 500},
            answer=whole({"prompt": "text", "output": "A square.", "model": MODEL}),
        ),
        gives=GeneratedText,
    ),
    Row(
        "openapi: AI Services, Chat Messages",
        lambda domo: domo.ai.chat(
            messages=["Why?", ChatMessage("Because.", "ASSISTANT"), ChatMessage([{"type": "IMAGE", "image": PNG}])],
            system="Be brief",
            temperature=1,
        ),
        Sent(
            "POST",
            "/api/ai/v1/messages/chat",
            json={
                "input": [
                    {"role": "USER", "content": [{"type": "TEXT", "text": "Why?"}]},
                    {"role": "ASSISTANT", "content": [{"type": "TEXT", "text": "Because."}]},
                    {"role": "USER", "content": [{"type": "IMAGE", "image": PNG}]},
                ],
                "system": [{"type": "TEXT", "text": "Be brief"}],
                "temperature": 1,
            },
            answer=whole({**SAID, "modelProviderUsage": USAGE}),
        ),
        gives=ChatAnswer,
    ),
    Row(
        "openapi: AI Services, Tool Calling",
        lambda domo: domo.ai.call_tools(messages=["Buy it"], tools=[TOOL], tool_choice={"type": "AUTO"}),
        Sent(
            "POST",
            "/api/ai/v1/messages/tools",
            json={
                "input": [{"role": "USER", "content": [{"type": "TEXT", "text": "Buy it"}]}],
                "tools": [TOOL],
                "toolChoice": {"type": "AUTO"},
            },
            answer=whole(
                {
                    **SAID,
                    "stopReason": "TOOL_USE",
                    "content": [
                        {"type": "TOOL_USE_REQUEST", "toolInput": {"n": 1}, "name": "add_to_cart", "toolCallId": "t"}
                    ],
                }
            ),
        ),
        gives=ChatAnswer,
    ),
    Row(
        "openapi: AI Services, Classification",
        lambda domo: domo.ai.classify(
            "Down!", labels=["low", ClassificationLabel("high", "System outage")], instructions="Quick", model=MODEL
        ),
        Sent(
            "POST",
            "/api/ai/v1/classification",
            json={
                "input": [{"type": "TEXT", "text": "Down!"}],
                "labels": [{"label": "low"}, {"label": "high", "description": "System outage"}],
                "classificationType": "SINGLE_LABEL",
                "instructions": "Quick",
                "model": MODEL,
            },
            answer=whole({"output": ["high"], "classificationType": "SINGLE_LABEL", **JUDGED}),
        ),
        gives=Classification,
    ),
    Row(
        "openapi: AI Services, Data Extraction",
        lambda domo: domo.ai.extract(
            ["Contact: Sarah", {"type": "IMAGE", "image": PNG}], output_structure={"name": {"type": "string"}}
        ),
        Sent(
            "POST",
            "/api/ai/v1/extract",
            json={
                "input": [{"type": "TEXT", "text": "Contact: Sarah"}, {"type": "IMAGE", "image": PNG}],
                "outputStructure": {"name": {"type": "string"}},
            },
            answer=whole({"output": {"name": "Sarah"}, "model": MODEL, "isCustomerModel": False, "requestId": "r"}),
        ),
        gives=ExtractedData,
    ),
    Row(
        "openapi: AI Services, Sentiment Analysis",
        lambda domo: domo.ai.sentiment("Amazing!"),
        Sent(
            "POST",
            "/api/ai/v1/sentiment",
            json={"input": [{"type": "TEXT", "text": "Amazing!"}]},
            answer=whole({"type": "DEFAULT", "sentiment": "positive", "modelProviderUsage": None, **JUDGED}),
        ),
        gives=Sentiment,
    ),
    Row(
        "openapi: AI Services, Targeted Sentiment Analysis",
        lambda domo: domo.ai.sentiment("Slow shipping.", topics=["shipping", SentimentTopic("price", "Its cost")]),
        Sent(
            "POST",
            "/api/ai/v1/targeted-sentiment",
            json={
                "input": [{"type": "TEXT", "text": "Slow shipping."}],
                "topics": [{"topic": "shipping"}, {"topic": "price", "description": "Its cost"}],
            },
            answer=whole({"type": "TARGETED", "topicSentiments": {"shipping": "negative"}, **JUDGED}),
        ),
        gives=Sentiment,
    ),
    Row(
        "openapi: AI Services, Text Embeddings",
        lambda domo: domo.ai.embed_text(["A sample"], dimensions=5, model=MODEL),
        Sent(
            "POST",
            "/api/ai/v1/embedding/text",
            json={"input": ["A sample"], "dimensions": 5, "model": MODEL},
            answer=whole(EMBEDDED),
        ),
        gives=Embeddings,
    ),
    Row(
        "openapi: AI Services, Image Embeddings",
        lambda domo: domo.ai.embed_images([Image("iVBORw==", "image/png")]),
        Sent("POST", "/api/ai/v1/embedding/image", json={"input": [PNG]}, answer=whole(EMBEDDED)),
        gives=Embeddings,
    ),
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

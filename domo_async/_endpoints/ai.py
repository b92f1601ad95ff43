"""AI services: generate, summarize and classify text, generate SQL, read images, create embeddings."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from attrs import field, frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._transport import url
from domo_async._wire import UNSET, Model, OpenEnum, Record, Unset, payload
from domo_async.errors import ConfigError

__all__ = [
    "Ai",
    "ChatAnswer",
    "ChatMessage",
    "ChatRole",
    "Chunking",
    "Classification",
    "ClassificationLabel",
    "DataSourceSchema",
    "Embeddings",
    "ExtractedData",
    "GeneratedText",
    "Image",
    "ModelKeywords",
    "ModelUsage",
    "OutputStyle",
    "PromptKeywords",
    "PromptTemplate",
    "ReasoningEffort",
    "SchemaColumn",
    "Sentiment",
    "SentimentTopic",
    "SqlOption",
    "StopReason",
    "TextChoice",
    "WordLength",
]


@frozen(kw_only=True)
class ModelUsage(Model):
    """The token usage of a request.

    Attributes:
        input_tokens: The number of tokens sent to the model.
        output_tokens: The number of tokens that it generated.
        total_tokens: The sum of both.
        reasoning_tokens: The number of reasoning tokens.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    reasoning_tokens: int | None = None


@frozen(kw_only=True)
class TextChoice(Model):
    """One of the texts that a model generated.

    Attributes:
        output: The text.
    """

    output: str = ""


@frozen(kw_only=True)
class GeneratedText(Model):
    """The output of a model.

    Attributes:
        output: The text, or the SQL. If the answer has only `choices`, the first of them; empty if it has none.
        model_id: The model.
        prompt: The prompt that was sent to the model.
        choices: The alternative texts; deprecated.
        session_id: The AI session of the request.
        is_customer_model: Whether the model is not one of Domo's.
        model_provider_usage: The token usage.
        model: The model, in answers about an image.
    """

    output: str = ""
    model_id: str | None = None
    prompt: str | None = None
    choices: tuple[TextChoice, ...] = ()
    session_id: str | None = None
    is_customer_model: bool | None = None
    model_provider_usage: ModelUsage | None = None
    model: str | None = None

    def __attrs_post_init__(self) -> None:
        """Set the output from whichever field the answer has."""
        if not self.output and self.choices:
            object.__setattr__(self, "output", self.choices[0].output)


@frozen(kw_only=True)
class Embeddings(Model):
    """The embeddings of texts or images.

    Attributes:
        embeddings: One vector for each input, in the same order.
        model_id: The model.
        model_provider_usage: The token usage.
    """

    embeddings: tuple[tuple[float, ...], ...] = ()
    model_id: str | None = None
    model_provider_usage: ModelUsage | None = None


class ChatRole(OpenEnum):
    """The role of the author of a chat message."""

    USER = "USER"
    ASSISTANT = "ASSISTANT"


class StopReason(OpenEnum):
    """The reason why a model stopped generating."""

    END_TURN = "END_TURN"
    TOOL_USE = "TOOL_USE"
    MAX_TOKENS = "MAX_TOKENS"
    STOP_SEQUENCE = "STOP_SEQUENCE"
    CONTENT_FILTERED = "CONTENT_FILTERED"
    SAFETY = "SAFETY"


@frozen
class ChatMessage(Record):
    """A chat message.

    Attributes:
        content: A text, or several contents, each as JSON with a ``type``: ``TEXT``, ``IMAGE``, ``DOCUMENT``,
            ``TOOL_USE_REQUEST`` or ``TOOL_USE_RESULT``.
        role: The role of the author.
    """

    content: str | Sequence[Mapping[str, object]]
    role: ChatRole | str = ChatRole.USER


@frozen(kw_only=True)
class ChatAnswer(Model):
    """The answer of a model in a chat.

    Attributes:
        content: The contents, each as JSON with a ``type``; see `text`.
        model_id: The model.
        stop_reason: The reason why the model stopped.
        session_id: The AI session of the request.
        request_id: The request.
        is_customer_model: Whether the model is not one of Domo's.
        model_provider_usage: The token usage.
    """

    content: tuple[Mapping[str, object], ...] = ()
    model_id: str | None = None
    stop_reason: StopReason | None = None
    session_id: str | None = None
    request_id: str | None = None
    is_customer_model: bool | None = None
    model_provider_usage: ModelUsage | None = None

    @property
    def text(self) -> str:
        """All texts of the answer, one per line."""
        return "\n".join(str(each["text"]) for each in self.content if each.get("type") == "TEXT" and "text" in each)


@frozen
class ClassificationLabel(Record):
    """A class for classification.

    Attributes:
        label: The name of the class.
        description: The description of what belongs to the class.
    """

    label: str
    description: str | Unset = UNSET


@frozen(kw_only=True)
class Classification(Model):
    """The result of a classification.

    Attributes:
        output: The chosen labels.
        classification_type: ``SINGLE_LABEL`` or ``MULTI_LABEL``.
        model: The model.
        is_customer_model: Whether the model is not one of Domo's.
        session_id: The AI session of the request.
        request_id: The request.
        model_provider_usage: The token usage.
    """

    output: tuple[str, ...] = ()
    classification_type: str | None = None
    model: str | None = None
    is_customer_model: bool | None = None
    session_id: str | None = None
    request_id: str | None = None
    model_provider_usage: ModelUsage | None = None


@frozen(kw_only=True)
class ExtractedData(Model):
    """The values that were extracted from a text.

    Attributes:
        output: The values, by the requested names.
        model: The model.
        is_customer_model: Whether the model is not one of Domo's.
        request_id: The request.
        model_provider_usage: The token usage.
    """

    output: Mapping[str, object] = field(factory=dict)
    model: str | None = None
    is_customer_model: bool | None = None
    request_id: str | None = None
    model_provider_usage: ModelUsage | None = None


@frozen
class SentimentTopic(Record):
    """A topic of a sentiment analysis.

    Attributes:
        topic: The topic's name: letters, digits and underscores.
        description: The description.
    """

    topic: str
    description: str | Unset = UNSET


@frozen(kw_only=True)
class Sentiment(Model):
    """The sentiment of a text: ``positive``, ``negative``, ``neutral`` or ``not_applicable``.

    Attributes:
        type: ``DEFAULT`` for the text as a whole, ``TARGETED`` for topics.
        sentiment: The sentiment of the text as a whole.
        topic_sentiments: The sentiment on each topic.
        model: The model.
        is_customer_model: Whether the model is not one of Domo's.
        session_id: The AI session of the request.
        request_id: The request.
        model_provider_usage: The token usage.
    """

    type: str | None = None
    sentiment: str | None = None
    topic_sentiments: Mapping[str, str] | None = None
    model: str | None = None
    is_customer_model: bool | None = None
    session_id: str | None = None
    request_id: str | None = None
    model_provider_usage: ModelUsage | None = None


class ReasoningEffort(OpenEnum):
    """The amount of reasoning before a model generates its output."""

    NONE = "NONE"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class SqlOption(OpenEnum):
    """An option for the generated SQL, or for its validation."""

    EXPAND_SELECT_STAR = "EXPAND_SELECT_STAR"
    USE_DATA_SOURCE_ID_AS_TABLE_NAME = "USE_DATA_SOURCE_ID_AS_TABLE_NAME"
    UNION_TO_UNION_ALL = "UNION_TO_UNION_ALL"
    REMOVE_UNNECESSARY_ALIASES = "REMOVE_UNNECESSARY_ALIASES"
    DERIVE_SELECT_ALIASES = "DERIVE_SELECT_ALIASES"
    DISALLOW_COMMON_TABLE_EXPRESSIONS = "DISALLOW_COMMON_TABLE_EXPRESSIONS"
    DISALLOW_JOINS = "DISALLOW_JOINS"
    DISALLOW_SUBQUERIES = "DISALLOW_SUBQUERIES"
    DISALLOW_UNIONS = "DISALLOW_UNIONS"
    VALIDATE_REFERENCES = "VALIDATE_REFERENCES"
    VALIDATE_AGGREGATIONS = "VALIDATE_AGGREGATIONS"
    VALIDATE_FUNCTIONS = "VALIDATE_FUNCTIONS"


def _base64(given: str | bytes) -> str:
    return given if isinstance(given, str) else b64encode(given).decode("ascii")


@frozen
class Image(Record):
    """An image for a model.

    Attributes:
        data: The image as bytes, or as base64 text.
        media_type: The media type, such as ``image/png``.
        type: The encoding of the image.
    """

    data: str = field(converter=_base64)
    media_type: str
    type: str = "base64"


@frozen(kw_only=True)
class Chunking(Record):
    """The division of a long text before it is summarized.

    Attributes:
        max_chunk_size: The maximum number of words per chunk.
        chunk_overlap: The number of characters that two chunks share.
        separators: The preferred separators at the start of a chunk, the best first.
        separator_type: The type of text, such as ``text``, ``html`` or ``markdown``.
        disallow_intermediate_chunks: Whether summaries of chunks are never summarized again.
    """

    max_chunk_size: int | Unset = UNSET
    chunk_overlap: int | Unset = UNSET
    separators: Sequence[str] | Unset = UNSET
    separator_type: str | Unset = UNSET
    disallow_intermediate_chunks: bool | Unset = UNSET


class OutputStyle(OpenEnum):
    """The style of a summary; newer documents have these values in lower case."""

    BULLETED = "BULLETED"
    NUMBERED = "NUMBERED"
    PARAGRAPH = "PARAGRAPH"


@frozen
class PromptTemplate(Record):
    """The prompt of a model, with placeholders.

    Attributes:
        template: The text, such as ``Answer in ${language}: ${input}``. ``${input}``, ``${system}`` and the names of
            the parameters are filled in.
    """

    template: str


@frozen
class SchemaColumn(Record):
    """A column of a data source for which SQL is generated.

    Attributes:
        name: The column's name.
        type: The column's type, such as ``STRING``.
        description: The description.
    """

    name: str
    type: str
    description: str = ""


@frozen
class DataSourceSchema(Record):
    """A data source for which SQL is generated.

    Attributes:
        data_source_name: The name, which is the name of the table in the SQL.
        columns: The columns.
        description: The description.
    """

    data_source_name: str
    columns: Sequence[SchemaColumn]
    description: str = ""


@frozen
class WordLength(Record):
    """The desired number of words of a summary; models follow it only approximately.

    Attributes:
        min: The minimum.
        max: The maximum.
    """

    min: int | Unset = UNSET
    max: int | Unset = UNSET

    def __attrs_post_init__(self) -> None:
        if isinstance(self.min, int) and isinstance(self.max, int) and self.min > self.max:
            raise ConfigError(f"min must not be above max: a summary cannot have {self.min} to {self.max} words")


class ModelKeywords(TypedDict, total=False):
    """The keywords of all calls that send a request to a model.

    Attributes:
        model: The model; by default the one that the instance is configured with.
        model_configuration: Further settings of the model, in the model's own form.
        session_id: The AI session of the request.
        temperature: The temperature, from 0; lower values make the output more deterministic.
        max_tokens: The maximum number of tokens to generate.
        reasoning_effort: The amount of reasoning before the model generates its output.
    """

    model: str | Unset
    model_configuration: Mapping[str, object] | Unset
    session_id: str | Unset
    temperature: float | Unset
    max_tokens: int | Unset
    reasoning_effort: ReasoningEffort | str | Unset


class PromptKeywords(ModelKeywords, total=False):
    """The keywords of all calls for which the instance has a prompt; includes the keys of `ModelKeywords`.

    Attributes:
        prompt_template: The prompt of the model, instead of the instance's own.
        parameters: Values for the placeholders of the template, by name.
        system: The system message, instead of the instance's own.
    """

    prompt_template: PromptTemplate | str | Unset
    parameters: Mapping[str, object] | Unset
    system: str | Unset


def _model(
    *,
    reasoning_effort: ReasoningEffort | str | Unset = UNSET,
    model: str | Unset = UNSET,
    model_configuration: Mapping[str, object] | Unset = UNSET,
    session_id: str | Unset = UNSET,
    temperature: float | Unset = UNSET,
    max_tokens: int | Unset = UNSET,
) -> dict[str, object]:
    """Return the keywords of a model in the form of `payload`; raise a TypeError for others."""
    return {
        "model": model,
        "model_configuration": model_configuration,
        "session_id": session_id,
        "temperature": temperature,
        "max_tokens": max_tokens,
        "reasoning_config": UNSET if isinstance(reasoning_effort, Unset) else {"reasoningEffort": reasoning_effort},
    }


def _prompt(
    *,
    prompt_template: PromptTemplate | str | Unset = UNSET,
    parameters: Mapping[str, object] | Unset = UNSET,
    system: str | Unset = UNSET,
    **model: Unpack[ModelKeywords],
) -> dict[str, object]:
    """Return the keywords of a prompt in the form of `payload`; raise a TypeError for others."""
    # The table in Domo's documentation calls the template a string, but its example sends an object.
    template = PromptTemplate(prompt_template) if isinstance(prompt_template, str) else prompt_template
    return {**_model(**model), "prompt_template": template, "parameters": parameters, "system": system}


def _text(content: str) -> Mapping[str, object]:
    return {"type": "TEXT", "text": content}


def _contents(given: str | Sequence[str | Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return the inputs of a model as JSON, each with a type.

    Raises:
        ConfigError: There is no input.
    """
    contents = [given] if isinstance(given, str) else require_list(given, "input")
    return [_text(each) if isinstance(each, str) else each for each in contents]


def _system(system: str | Unset) -> Sequence[Mapping[str, object]] | Unset:
    return UNSET if isinstance(system, Unset) else [_text(system)]


def _said(messages: Sequence[ChatMessage | str]) -> Sequence[Mapping[str, object]]:
    """Return messages as JSON.

    Raises:
        ConfigError: There are no messages.
    """
    given = [ChatMessage(each) if isinstance(each, str) else each for each in require_list(messages, "messages")]
    return [
        {"role": each.role, "content": [_text(each.content)] if isinstance(each.content, str) else each.content}
        for each in given
    ]


class Ai(Area):
    """AI services: generate, summarize and classify text, generate SQL, read images, create embeddings.

    A model's output is charged, so a request whose answer is lost is not repeated.
    """

    async def generate_text(
        self,
        *,
        input: str,
        response_format: Mapping[str, object] | Unset = UNSET,
        **prompt: Unpack[PromptKeywords],
    ) -> GeneratedText:
        """Ask a model to respond to a text.

        `POST /api/ai/v1/text/generation` (AI Services API, "Text Generation").

        ```python
        answer = await domo.ai.generate_text(input="Explain churn in one sentence.", temperature=0.2)
        print(answer.output)
        ```

        Args:
            input: The text to respond to.
            response_format: The format of the output, as JSON with a ``type`` and a JSON ``schema``.
            prompt: Further keywords, such as ``model`` and ``temperature``; see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/text/generation"),
            json=payload(
                input=input,
                **_prompt(**prompt),
                response_format=response_format,
            ),
            into=GeneratedText,
        )

    async def text_to_sql(
        self,
        *,
        input: str,
        data_source_schemas: Sequence[DataSourceSchema],
        dialect: str | Unset = UNSET,
        domo_supported: bool | Unset = UNSET,
        sql_request_options: Sequence[SqlOption | str] | Unset = UNSET,
        **prompt: Unpack[PromptKeywords],
    ) -> GeneratedText:
        """Ask a model to generate SQL that answers a question.

        `POST /api/ai/v1/text/sql` (AI Services API, "Text-to-SQL").

        ```python
        orders = DataSourceSchema("Orders", [SchemaColumn("region", "STRING"), SchemaColumn("amount", "DECIMAL")])
        answer = await domo.ai.text_to_sql(input="Which region sells most?", data_source_schemas=[orders])
        ```

        Args:
            input: The question.
            data_source_schemas: The data sources that the SQL may use.
            dialect: The dialect of the SQL, ``MYSQL`` by default.
            domo_supported: Whether the SQL must be supported by Domo; true by default.
            sql_request_options: Options for the generated SQL and its validation.
            prompt: Further keywords, such as ``model`` and ``temperature``; see `PromptKeywords`.

        Returns:
            The SQL, which contains the names of datasets in backticks.

        Raises:
            ConfigError: `data_source_schemas` is empty.
            BadRequest: The model does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/text/sql"),
            json=payload(
                input=input,
                data_source_schemas=require_list(data_source_schemas, "data_source_schemas"),
                **_prompt(**prompt),
                dialect=dialect,
                domo_supported=domo_supported,
                sql_request_options=sql_request_options,
            ),
            into=GeneratedText,
        )

    async def summarize(
        self,
        *,
        input: str,
        output_style: OutputStyle | str | Unset = UNSET,
        output_word_length: WordLength | Unset = UNSET,
        chunking_configuration: Chunking | Unset = UNSET,
        **prompt: Unpack[PromptKeywords],
    ) -> GeneratedText:
        """Ask a model to summarize a text.

        `POST /api/ai/v1/text/summarize` (AI Services API, "Text Summarization").

        Args:
            input: The text.
            output_style: The style of the summary.
            output_word_length: The number of words of the summary.
            chunking_configuration: The division of the text, if it is long.
            prompt: Further keywords, such as ``model`` and ``temperature``; see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/text/summarize"),
            json=payload(
                input=input,
                output_style=output_style,
                output_word_length=output_word_length,
                **_prompt(**prompt),
                chunking_configuration=chunking_configuration,
            ),
            into=GeneratedText,
        )

    async def text_to_beast_mode(
        self,
        *,
        input: str,
        data_source_schema: DataSourceSchema,
        disable_validation: bool | Unset = UNSET,
        **prompt: Unpack[PromptKeywords],
    ) -> GeneratedText:
        """Ask a model to generate a Beast Mode calculation.

        `POST /api/ai/v1/text/beastmode` (Domo's OpenAPI of the AI services, "Text-to-BeastMode").

        Args:
            input: The description of the calculation.
            data_source_schema: The data source that the calculation may use.
            disable_validation: Whether to skip the validation of the calculation.
            prompt: Further keywords, such as ``model`` and ``temperature``; see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/text/beastmode"),
            json=payload(
                input=input,
                data_source_schema=data_source_schema,
                **_prompt(**prompt),
                disable_validation=disable_validation,
            ),
            into=GeneratedText,
        )

    async def image_to_text(
        self,
        *,
        image: Image,
        input: str | Unset = UNSET,
        response_format: Mapping[str, object] | Unset = UNSET,
        **prompt: Unpack[PromptKeywords],
    ) -> GeneratedText:
        """Ask a model to read or describe an image.

        `POST /api/ai/v1/image/text` (Domo's OpenAPI of the AI services, "Image to Text").

        Args:
            image: The image.
            input: The instruction; by default to return the text in the image. Domo's documentation calls it required,
                but omits it from its example.
            response_format: The format of the output, as JSON with a ``type`` and a JSON ``schema``.
            prompt: Further keywords, such as ``model`` and ``temperature``; see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/image/text"),
            json=payload(
                input=input,
                image=image,
                **_prompt(**prompt),
                response_format=response_format,
            ),
            into=GeneratedText,
        )

    async def chat(
        self,
        *,
        messages: Sequence[ChatMessage | str],
        system: str | Unset = UNSET,
        response_format: Mapping[str, object] | Unset = UNSET,
        **model: Unpack[ModelKeywords],
    ) -> ChatAnswer:
        """Ask a model for the next message in a chat.

        `POST /api/ai/v1/messages/chat` (Domo's OpenAPI of the AI services, "Chat Messages").

        ```python
        answer = await domo.ai.chat(messages=["What is a dataset?"], system="Answer in one sentence.")
        print(answer.text)
        ```

        Args:
            messages: The messages so far; a plain string is a message of the user.
            system: The system message.
            response_format: The format of the output, as JSON with a ``type`` and a JSON ``schema``.
            model: Further keywords, such as ``model`` and ``temperature``; see `ModelKeywords`.

        Raises:
            ConfigError: `messages` is empty.
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/messages/chat"),
            json=payload(
                input=_said(messages),
                system=_system(system),
                **_model(**model),
                response_format=response_format,
            ),
            into=ChatAnswer,
        )

    async def call_tools(
        self,
        *,
        messages: Sequence[ChatMessage | str],
        tools: Sequence[Mapping[str, object]],
        tool_choice: Mapping[str, object] | Unset = UNSET,
        system: str | Unset = UNSET,
        validate_schema: bool | Unset = UNSET,
        **model: Unpack[ModelKeywords],
    ) -> ChatAnswer:
        """Ask a model for the next message in a chat, which may call a tool.

        `POST /api/ai/v1/messages/tools` (Domo's OpenAPI of the AI services, "Tool Calling").

        Args:
            messages: The messages so far; a plain string is a message of the user. Send a tool's result as a
                ``TOOL_USE_RESULT``.
            tools: The tools, each as JSON with ``name``, ``description`` and ``parameters``, a JSON schema.
            tool_choice: The choice of tools, such as ``{"type": "AUTO"}``.
            system: The system message.
            validate_schema: Whether to check the arguments of a tool against its schema.
            model: Further keywords, such as ``model`` and ``temperature``; see `ModelKeywords`.

        Returns:
            The answer; if `ChatAnswer.stop_reason` is ``TOOL_USE``, its content has a ``TOOL_USE_REQUEST``.

        Raises:
            ConfigError: `messages` or `tools` is empty.
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/messages/tools"),
            json=payload(
                input=_said(messages),
                tools=require_list(tools, "tools"),
                tool_choice=tool_choice,
                system=_system(system),
                **_model(**model),
                validate_schema=validate_schema,
            ),
            into=ChatAnswer,
        )

    async def embed_text(
        self,
        texts: Sequence[str],
        /,
        *,
        model: str | Unset = UNSET,
        dimensions: int | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
    ) -> Embeddings:
        """Return the embeddings of texts.

        `POST /api/ai/v1/embedding/text` (Domo's OpenAPI of the AI services, "Text Embeddings").

        Args:
            texts: The texts.
            model: The model; by default the one that the instance is configured with.
            dimensions: The number of dimensions of a vector, if the model allows a choice.
            model_configuration: Further settings of the model.

        Raises:
            ConfigError: `texts` is empty.
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/embedding/text"),
            json=payload(
                input=require_list(texts, "texts"),
                model=model,
                dimensions=dimensions,
                model_configuration=model_configuration,
            ),
            into=Embeddings,
        )

    async def embed_images(
        self,
        images: Sequence[Image],
        /,
        *,
        model: str | Unset = UNSET,
        dimensions: int | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
    ) -> Embeddings:
        """Return the embeddings of images.

        `POST /api/ai/v1/embedding/image` (Domo's OpenAPI of the AI services, "Image Embeddings"). It describes
        a list of images as ``input``, which is sent, and shows one as ``image`` in its examples.

        Args:
            images: The images.
            model: The model; by default the one that the instance is configured with.
            dimensions: The number of dimensions of a vector, if the model allows a choice.
            model_configuration: Further settings of the model.

        Raises:
            ConfigError: `images` is empty.
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/embedding/image"),
            json=payload(
                input=require_list(images, "images"),
                model=model,
                dimensions=dimensions,
                model_configuration=model_configuration,
            ),
            into=Embeddings,
        )

    async def classify(
        self,
        input: str | Sequence[str | Mapping[str, object]],
        /,
        *,
        labels: Sequence[ClassificationLabel | str],
        multi_label: bool = False,
        instructions: str | Unset = UNSET,
        model: str | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
        session_id: str | Unset = UNSET,
    ) -> Classification:
        """Ask a model to classify a text or other contents.

        `POST /api/ai/v1/classification` (Domo's OpenAPI of the AI services, "Classification").

        ```python
        result = await domo.ai.classify("The parcel never came.", labels=["delivery", "price", "quality"])
        print(result.output)
        ```

        Args:
            input: A text or other content, or several, each as JSON with a ``type``; see `ChatMessage`.
            labels: The classes, 2 to 50.
            multi_label: Whether the input may belong to several classes.
            instructions: Further instructions for the model.
            model: The model; by default the one that the instance is configured with.
            model_configuration: Further settings of the model.
            session_id: The AI session of the request.

        Raises:
            ConfigError: `input` or `labels` is empty.
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/classification"),
            json=payload(
                input=_contents(input),
                labels=[
                    ClassificationLabel(each) if isinstance(each, str) else each
                    for each in require_list(labels, "labels")
                ],
                classification_type="MULTI_LABEL" if multi_label else "SINGLE_LABEL",
                instructions=instructions,
                model=model,
                model_configuration=model_configuration,
                session_id=session_id,
            ),
            into=Classification,
        )

    async def extract(
        self,
        input: str | Sequence[str | Mapping[str, object]],
        /,
        *,
        output_structure: Mapping[str, Mapping[str, object]],
        instructions: str | Unset = UNSET,
        model: str | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
        session_id: str | Unset = UNSET,
    ) -> ExtractedData:
        """Ask a model to extract values from a text. Domo calls this a beta, which may change.

        `POST /api/ai/v1/extract` (Domo's OpenAPI of the AI services, "Data Extraction").

        Args:
            input: A text or other content, or several, each as JSON with a ``type``; see `ChatMessage`.
            output_structure: The values to extract: a JSON schema by name, such as
                ``{"email": {"type": "string", "description": "Email address"}}``.
            instructions: Further instructions for the model.
            model: The model; by default the one that the instance is configured with.
            model_configuration: Further settings of the model.
            session_id: The AI session of the request.

        Raises:
            ConfigError: `input` is empty.
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/extract"),
            json=payload(
                input=_contents(input),
                output_structure=output_structure,
                instructions=instructions,
                model=model,
                model_configuration=model_configuration,
                session_id=session_id,
            ),
            into=ExtractedData,
        )

    async def sentiment(
        self,
        input: str | Sequence[str | Mapping[str, object]],
        /,
        *,
        topics: Sequence[SentimentTopic | str] = (),
        instructions: str | Unset = UNSET,
        model: str | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
        session_id: str | Unset = UNSET,
    ) -> Sentiment:
        """Ask a model for the sentiment of a text.

        `POST /api/ai/v1/sentiment` (Domo's OpenAPI of the AI services, "Sentiment Analysis"), and for topics
        `POST /api/ai/v1/targeted-sentiment` ("Targeted Sentiment Analysis").

        Args:
            input: A text or other content, or several, each as JSON with a ``type``; see `ChatMessage`.
            topics: The topics to analyse, at most 50; by default the text as a whole.
            instructions: Further instructions for the model.
            model: The model; by default the one that the instance is configured with.
            model_configuration: Further settings of the model.
            session_id: The AI session of the request.

        Raises:
            ConfigError: `input` is empty.
            BadRequest: The model does not exist.
            Forbidden: The token's owner may not use AI services.
        """
        given = [SentimentTopic(each) if isinstance(each, str) else each for each in topics]
        return await self._http.request(
            "POST",
            url("/api/ai/v1/targeted-sentiment") if given else url("/api/ai/v1/sentiment"),
            json=payload(
                input=_contents(input),
                topics=given or UNSET,
                instructions=instructions,
                model=model,
                model_configuration=model_configuration,
                session_id=session_id,
            ),
            into=Sentiment,
        )

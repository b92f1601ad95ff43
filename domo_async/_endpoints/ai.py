"""AI services: text generated, summarised and turned into SQL, images read, and embeddings."""

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
    """What a request cost.

    Attributes:
        input_tokens: Tokens that went to the model.
        output_tokens: Tokens that it wrote.
        total_tokens: Both together.
        reasoning_tokens: Those that it wrote to itself.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    reasoning_tokens: int | None = None


@frozen(kw_only=True)
class TextChoice(Model):
    """One of the texts that a model wrote.

    Attributes:
        output: The text.
    """

    output: str = ""


@frozen(kw_only=True)
class GeneratedText(Model):
    """What a model wrote.

    Attributes:
        output: The text, or the SQL; where the answer has `choices` alone, the first of these; empty
            where there is none.
        model_id: The model that wrote it.
        prompt: What was sent to the model.
        choices: The texts to choose from; deprecated.
        session_id: The AI session that the request belongs to.
        is_customer_model: Whether the model is not one of Domo's.
        model_provider_usage: What it cost.
        model: The model, as the answer about an image calls it.
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
        """Take the text from where the answer has it."""
        if not self.output and self.choices:
            object.__setattr__(self, "output", self.choices[0].output)


@frozen(kw_only=True)
class Embeddings(Model):
    """What texts or images are to a model.

    Attributes:
        embeddings: A vector for each, in the order of the input.
        model_id: The model.
        model_provider_usage: What it cost.
    """

    embeddings: tuple[tuple[float, ...], ...] = ()
    model_id: str | None = None
    model_provider_usage: ModelUsage | None = None


class ChatRole(OpenEnum):
    """Who says something in a chat."""

    USER = "USER"
    ASSISTANT = "ASSISTANT"


class StopReason(OpenEnum):
    """Why a model stopped writing."""

    END_TURN = "END_TURN"
    TOOL_USE = "TOOL_USE"
    MAX_TOKENS = "MAX_TOKENS"
    STOP_SEQUENCE = "STOP_SEQUENCE"
    CONTENT_FILTERED = "CONTENT_FILTERED"
    SAFETY = "SAFETY"


@frozen
class ChatMessage(Record):
    """Something that is said in a chat.

    Attributes:
        content: A text; or several contents, each as JSON with a ``type``: ``TEXT``, ``IMAGE``, ``DOCUMENT``,
            ``TOOL_USE_REQUEST`` or ``TOOL_USE_RESULT``.
        role: Who says it.
    """

    content: str | Sequence[Mapping[str, object]]
    role: ChatRole | str = ChatRole.USER


@frozen(kw_only=True)
class ChatAnswer(Model):
    """What a model says in a chat.

    Attributes:
        content: What it says, each as JSON with a ``type``; see `text`.
        model_id: The model.
        stop_reason: Why it stopped.
        session_id: The AI session that the request belongs to.
        request_id: The request.
        is_customer_model: Whether the model is not one of Domo's.
        model_provider_usage: What it cost.
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
        """All texts of it, a line each."""
        return "\n".join(str(each["text"]) for each in self.content if each.get("type") == "TEXT" and "text" in each)


@frozen
class ClassificationLabel(Record):
    """A class that something may belong to.

    Attributes:
        label: Its name.
        description: When something belongs to it.
    """

    label: str
    description: str | Unset = UNSET


@frozen(kw_only=True)
class Classification(Model):
    """What something belongs to.

    Attributes:
        output: The labels that were chosen.
        classification_type: ``SINGLE_LABEL`` or ``MULTI_LABEL``.
        model: The model.
        is_customer_model: Whether the model is not one of Domo's.
        session_id: The AI session that the request belongs to.
        request_id: The request.
        model_provider_usage: What it cost.
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
    """What was found in a text.

    Attributes:
        output: The values, by the names that were asked for.
        model: The model.
        is_customer_model: Whether the model is not one of Domo's.
        request_id: The request.
        model_provider_usage: What it cost.
    """

    output: Mapping[str, object] = field(factory=dict)
    model: str | None = None
    is_customer_model: bool | None = None
    request_id: str | None = None
    model_provider_usage: ModelUsage | None = None


@frozen
class SentimentTopic(Record):
    """Something that a text may be for or against.

    Attributes:
        topic: Its name: letters, digits and underscores.
        description: What it is.
    """

    topic: str
    description: str | Unset = UNSET


@frozen(kw_only=True)
class Sentiment(Model):
    """Whether a text is for or against something: ``positive``, ``negative``, ``neutral`` or ``not_applicable``.

    Attributes:
        type: ``DEFAULT`` for the text as a whole, ``TARGETED`` for topics.
        sentiment: What the text is as a whole.
        topic_sentiments: What it is of each topic.
        model: The model.
        is_customer_model: Whether the model is not one of Domo's.
        session_id: The AI session that the request belongs to.
        request_id: The request.
        model_provider_usage: What it cost.
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
    """How much a model thinks before it writes."""

    NONE = "NONE"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class SqlOption(OpenEnum):
    """What becomes of the SQL that a model wrote, or how it is checked."""

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
    """A picture for a model.

    Attributes:
        data: Its bytes; or base64 of them, as text.
        media_type: What they are, such as ``image/png``.
        type: How they are written.
    """

    data: str = field(converter=_base64)
    media_type: str
    type: str = "base64"


@frozen(kw_only=True)
class Chunking(Record):
    """How a long text is cut before it is summed up.

    Attributes:
        max_chunk_size: The most words of a piece.
        chunk_overlap: How many characters two pieces share.
        separators: What pieces may begin with, the best first.
        separator_type: What the text is, such as ``text``, ``html`` or ``markdown``.
        disallow_intermediate_chunks: Whether summaries of pieces are never summed up again.
    """

    max_chunk_size: int | Unset = UNSET
    chunk_overlap: int | Unset = UNSET
    separators: Sequence[str] | Unset = UNSET
    separator_type: str | Unset = UNSET
    disallow_intermediate_chunks: bool | Unset = UNSET


class OutputStyle(OpenEnum):
    """How a summary is laid out; newer documents write these words small."""

    BULLETED = "BULLETED"
    NUMBERED = "NUMBERED"
    PARAGRAPH = "PARAGRAPH"


@frozen
class PromptTemplate(Record):
    """What goes to the model, with placeholders for what is to be put in.

    Attributes:
        template: The text, such as ``Answer in ${language}: ${input}``. ``${input}``, ``${system}`` and the names of
            the parameters are filled in.
    """

    template: str


@frozen
class SchemaColumn(Record):
    """A column of data that SQL is to be written for.

    Attributes:
        name: Its name.
        type: Its type, such as ``STRING``.
        description: What it holds.
    """

    name: str
    type: str
    description: str = ""


@frozen
class DataSourceSchema(Record):
    """Data that SQL is to be written for.

    Attributes:
        data_source_name: The name, which the SQL has for the table.
        columns: The columns.
        description: What the data are.
    """

    data_source_name: str
    columns: Sequence[SchemaColumn]
    description: str = ""


@frozen
class WordLength(Record):
    """How many words a summary should have; models do their best.

    Attributes:
        min: The fewest.
        max: The most.
    """

    min: int | Unset = UNSET
    max: int | Unset = UNSET

    def __attrs_post_init__(self) -> None:
        if isinstance(self.min, int) and isinstance(self.max, int) and self.min > self.max:
            raise ConfigError(f"no summary has at least {self.min} and at most {self.max} words")


class ModelKeywords(TypedDict, total=False):
    """What all calls that ask a model take.

    Attributes:
        model: The model, if not the one that the instance is set to.
        model_configuration: Further settings of the model, as it takes them.
        session_id: The AI session that the request belongs to.
        temperature: How freely the model writes, from 0 on; small is strict.
        max_tokens: The most tokens to write.
        reasoning_effort: How much the model thinks before it writes.
    """

    model: str | Unset
    model_configuration: Mapping[str, object] | Unset
    session_id: str | Unset
    temperature: float | Unset
    max_tokens: int | Unset
    reasoning_effort: ReasoningEffort | str | Unset


class PromptKeywords(ModelKeywords, total=False):
    """What all calls take for which the instance has a prompt; also the keys of `ModelKeywords`.

    Attributes:
        prompt_template: The prompt for the model, in place of the instance's own.
        parameters: Values for the placeholders of the template, by name.
        system: The system message, in place of the instance's own.
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
    """Return the keywords of a model as `payload` takes them; others are a TypeError."""
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
    """Return the keywords of a prompt as `payload` takes them; others are a TypeError."""
    # The page's table calls the template a string, but its example sends an object.
    template = PromptTemplate(prompt_template) if isinstance(prompt_template, str) else prompt_template
    return {**_model(**model), "prompt_template": template, "parameters": parameters, "system": system}


def _text(content: str) -> Mapping[str, object]:
    return {"type": "TEXT", "text": content}


def _contents(given: str | Sequence[str | Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return what a model is to look at as JSON, each with a type.

    Raises:
        ConfigError: There is nothing.
    """
    contents = [given] if isinstance(given, str) else require_list(given, "input")
    return [_text(each) if isinstance(each, str) else each for each in contents]


def _system(system: str | Unset) -> Sequence[Mapping[str, object]] | Unset:
    return UNSET if isinstance(system, Unset) else [_text(system)]


def _said(messages: Sequence[ChatMessage | str]) -> Sequence[Mapping[str, object]]:
    """Return messages as JSON.

    Raises:
        ConfigError: There are none.
    """
    given = [ChatMessage(each) if isinstance(each, str) else each for each in require_list(messages, "messages")]
    return [
        {"role": each.role, "content": [_text(each.content)] if isinstance(each.content, str) else each.content}
        for each in given
    ]


class Ai(Area):
    """AI services: text generated, summarised and turned into SQL, images read, and embeddings.

    What a model writes is charged, so that a request whose answer is lost is not sent again.
    """

    async def generate_text(
        self,
        *,
        input: str,
        response_format: Mapping[str, object] | Unset = UNSET,
        **prompt: Unpack[PromptKeywords],
    ) -> GeneratedText:
        """Ask a model to answer a text.

        `POST /api/ai/v1/text/generation` (AI Services API, "Text Generation").

        Args:
            input: The text to answer.
            response_format: The form to write in, as JSON with a ``type`` and a JSON ``schema``.
            prompt: What all such calls take, such as ``model`` and ``temperature``: see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
        """Ask a model for the SQL that answers a question.

        `POST /api/ai/v1/text/sql` (AI Services API, "Text-to-SQL").

        Args:
            input: The question.
            data_source_schemas: The data that the SQL may name.
            dialect: The dialect of the SQL, ``MYSQL`` by default.
            domo_supported: Whether Domo has to understand it, by default so.
            sql_request_options: What is to become of the SQL, and how it is checked.
            prompt: What all such calls take, such as ``model`` and ``temperature``: see `PromptKeywords`.

        Returns:
            The SQL, in which each dataset stands by its name in backticks.

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
        """Ask a model to sum up a text.

        `POST /api/ai/v1/text/summarize` (AI Services API, "Text Summarization").

        Args:
            input: The text.
            output_style: How to lay the summary out.
            output_word_length: How many words it should have.
            chunking_configuration: How to cut the text, if it is long.
            prompt: What all such calls take, such as ``model`` and ``temperature``: see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
        """Ask a model to write a Beast Mode calculation.

        `POST /api/ai/v1/text/beastmode` (Domo's OpenAPI of the AI services, "Text-to-BeastMode").

        Args:
            input: What is to be calculated.
            data_source_schema: The data that the calculation may name.
            disable_validation: Whether not to check the calculation.
            prompt: What all such calls take, such as ``model`` and ``temperature``: see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
        """Ask a model to read a picture, or to describe it.

        `POST /api/ai/v1/image/text` (Domo's OpenAPI of the AI services, "Image to Text").

        Args:
            image: The picture.
            input: What to say about it, by default the text that is in it. Domo's documentation calls it required, and
                leaves it out of its example.
            response_format: The form to write in, as JSON with a ``type`` and a JSON ``schema``.
            prompt: What all such calls take, such as ``model`` and ``temperature``: see `PromptKeywords`.

        Raises:
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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

        Args:
            messages: What was said so far; a bare text is the user's.
            system: What the model is told about its part.
            response_format: The form to write in, as JSON with a ``type`` and a JSON ``schema``.
            model: What all such calls take, such as ``model`` and ``temperature``: see `ModelKeywords`.

        Raises:
            ConfigError: `messages` is empty.
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
            messages: What was said so far; a bare text is the user's. Say what a tool gave in a ``TOOL_USE_RESULT``.
            tools: The tools, each as JSON with ``name``, ``description`` and ``parameters``, a JSON schema.
            tool_choice: How to use them, such as ``{"type": "AUTO"}``.
            system: What the model is told about its part.
            validate_schema: Whether to check that what goes to a tool is what it takes.
            model: What all such calls take, such as ``model`` and ``temperature``: see `ModelKeywords`.

        Returns:
            What it says; where `ChatAnswer.stop_reason` is ``TOOL_USE``, its content has a ``TOOL_USE_REQUEST``.

        Raises:
            ConfigError: `messages` or `tools` is empty.
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
        """Return the vectors that texts are to a model.

        `POST /api/ai/v1/embedding/text` (Domo's OpenAPI of the AI services, "Text Embeddings").

        Args:
            texts: The texts.
            model: The model, if not the one that the instance is set to.
            dimensions: How many numbers a vector has, where the model gives a choice.
            model_configuration: What else the model takes.

        Raises:
            ConfigError: There are no texts.
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
        """Return the vectors that pictures are to a model.

        `POST /api/ai/v1/embedding/image` (Domo's OpenAPI of the AI services, "Image Embeddings"). It describes
        a list of pictures as ``input``, which is sent, and shows one as ``image`` in its examples.

        Args:
            images: The pictures.
            model: The model, if not the one that the instance is set to.
            dimensions: How many numbers a vector has, where the model gives a choice.
            model_configuration: What else the model takes.

        Raises:
            ConfigError: There are no pictures.
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
        several: bool = False,
        instructions: str | Unset = UNSET,
        model: str | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
        session_id: str | Unset = UNSET,
    ) -> Classification:
        """Ask a model to classify a text or other contents.

        `POST /api/ai/v1/classification` (Domo's OpenAPI of the AI services, "Classification").

        Args:
            input: A text; or several, or other contents, each as JSON with a ``type``, see `ChatMessage`.
            labels: The classes, from 2 to 50.
            several: Whether it may belong to several of them.
            instructions: What else the model has to know.
            model: The model, if not the one that the instance is set to.
            model_configuration: What else the model takes.
            session_id: The AI session that the request belongs to.

        Raises:
            ConfigError: There is no input, or there are no labels.
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
                classification_type="MULTI_LABEL" if several else "SINGLE_LABEL",
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
        """Ask a model to find values in a text. Domo calls this a beta, which may change.

        `POST /api/ai/v1/extract` (Domo's OpenAPI of the AI services, "Data Extraction").

        Args:
            input: A text; or several, or other contents, each as JSON with a ``type``, see `ChatMessage`.
            output_structure: What to find: a JSON schema by each name, such as
                ``{"email": {"type": "string", "description": "Email address"}}``.
            instructions: What else the model has to know.
            model: The model, if not the one that the instance is set to.
            model_configuration: What else the model takes.
            session_id: The AI session that the request belongs to.

        Raises:
            ConfigError: There is no input.
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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
        """Ask a model whether a text is for or against something.

        `POST /api/ai/v1/sentiment` (Domo's OpenAPI of the AI services, "Sentiment Analysis"), and for topics
        `POST /api/ai/v1/targeted-sentiment` ("Targeted Sentiment Analysis").

        Args:
            input: A text; or several, or other contents, each as JSON with a ``type``, see `ChatMessage`.
            topics: What to tell apart, at most 50; by default the text is judged as a whole.
            instructions: What else the model has to know.
            model: The model, if not the one that the instance is set to.
            model_configuration: What else the model takes.
            session_id: The AI session that the request belongs to.

        Raises:
            ConfigError: There is no input.
            BadRequest: The model does not exist.
            Forbidden: AI services are not for the token's owner.
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

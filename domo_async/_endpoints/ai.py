"""AI services: text generated, summarised and turned into SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._transport import url
from domo_async._wire import UNSET, Model, OpenEnum, Unset, payload
from domo_async.errors import ConfigError

__all__ = ["Ai", "DataSourceSchema", "GeneratedText", "OutputStyle", "PromptTemplate", "SchemaColumn", "WordLength"]


@frozen(kw_only=True)
class GeneratedText(Model):
    """What a model wrote.

    Attributes:
        output: The text, or the SQL.
        model_id: The model that wrote it.
    """

    output: str
    model_id: str | None = None


class OutputStyle(OpenEnum):
    """How a summary is laid out."""

    BULLETED = "BULLETED"
    NUMBERED = "NUMBERED"
    PARAGRAPH = "PARAGRAPH"


@frozen
class PromptTemplate:
    """What goes to the model, with placeholders for what is to be put in.

    Attributes:
        template: The text, such as ``Answer in ${language}: ${input}``. ``${input}``, ``${system}`` and the names of
            the parameters are filled in.
    """

    template: str


@frozen
class SchemaColumn:
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
class DataSourceSchema:
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
class WordLength:
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


def _template(given: PromptTemplate | str | Unset) -> PromptTemplate | Unset:
    # The page's table calls it a string, but its example sends an object.
    return PromptTemplate(given) if isinstance(given, str) else given


class Ai(Area):
    """AI services: text generated, summarised and turned into SQL.

    What a model writes is charged, so that a request whose answer is lost is not sent again.
    """

    async def generate_text(
        self,
        *,
        input: str,
        model: str | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
        prompt_template: PromptTemplate | str | Unset = UNSET,
        parameters: Mapping[str, object] | Unset = UNSET,
        system: str | Unset = UNSET,
    ) -> GeneratedText:
        """Have a model write an answer.

        `POST /api/ai/v1/text/generation` (AI Services API, "Text Generation").

        Args:
            input: The text to answer.
            model: The model, if not the one that the instance is set to.
            model_configuration: What else the model takes, such as ``temperature``.
            prompt_template: What to send to the model, if not what the instance has for it.
            parameters: What to put into the template, by the names of its placeholders.
            system: The system message, if not what the instance has for it.

        Raises:
            BadRequest: There is no such model.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/text/generation"),
            json=payload(
                input=input,
                model=model,
                model_configuration=model_configuration,
                prompt_template=_template(prompt_template),
                parameters=parameters,
                system=system,
            ),
            into=GeneratedText,
        )

    async def text_to_sql(
        self,
        *,
        input: str,
        data_source_schemas: Sequence[DataSourceSchema],
        model: str | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
        prompt_template: PromptTemplate | str | Unset = UNSET,
        parameters: Mapping[str, object] | Unset = UNSET,
        system: str | Unset = UNSET,
    ) -> GeneratedText:
        """Have a model write the SQL that answers a question.

        `POST /api/ai/v1/text/sql` (AI Services API, "Text-to-SQL").

        Args:
            input: The question.
            data_source_schemas: The data that the SQL may name.
            model: The model, if not the one that the instance is set to.
            model_configuration: What else the model takes, such as ``temperature``.
            prompt_template: What to send to the model, if not what the instance has for it.
            parameters: What to put into the template, by the names of its placeholders.
            system: The system message, if not what the instance has for it.

        Returns:
            The SQL, in which each dataset stands by its name in backticks.

        Raises:
            ConfigError: `data_source_schemas` is empty.
            BadRequest: There is no such model.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/text/sql"),
            json=payload(
                input=input,
                data_source_schemas=require_list(data_source_schemas, "data_source_schemas"),
                model=model,
                model_configuration=model_configuration,
                prompt_template=_template(prompt_template),
                parameters=parameters,
                system=system,
            ),
            into=GeneratedText,
        )

    async def summarize(
        self,
        *,
        input: str,
        output_style: OutputStyle | str | Unset = UNSET,
        output_word_length: WordLength | Unset = UNSET,
        model: str | Unset = UNSET,
        model_configuration: Mapping[str, object] | Unset = UNSET,
        prompt_template: PromptTemplate | str | Unset = UNSET,
        parameters: Mapping[str, object] | Unset = UNSET,
        system: str | Unset = UNSET,
    ) -> GeneratedText:
        """Have a model sum up a text.

        `POST /api/ai/v1/text/summarize` (AI Services API, "Text Summarization").

        Args:
            input: The text.
            output_style: How to lay the summary out.
            output_word_length: How many words it should have.
            model: The model, if not the one that the instance is set to.
            model_configuration: What else the model takes, such as ``temperature``.
            prompt_template: What to send to the model, if not what the instance has for it.
            parameters: What to put into the template, by the names of its placeholders.
            system: The system message, if not what the instance has for it.

        Raises:
            BadRequest: There is no such model.
        """
        return await self._http.request(
            "POST",
            url("/api/ai/v1/text/summarize"),
            json=payload(
                input=input,
                output_style=output_style,
                output_word_length=output_word_length,
                model=model,
                model_configuration=model_configuration,
                prompt_template=_template(prompt_template),
                parameters=parameters,
                system=system,
            ),
            into=GeneratedText,
        )

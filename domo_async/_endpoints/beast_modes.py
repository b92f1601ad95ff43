"""Beast Modes: calculated fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import attrs
from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints._owners import numbers
from domo_async._endpoints.users._directory import user_number
from domo_async._frames import ItemTuple
from domo_async._transport import BODY, PageData, Pager, url
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, OpenEnum, Record, Unset, payload, wire_name
from domo_async.errors import APIError, ConfigError

__all__ = [
    "BeastMode",
    "BeastModeFilter",
    "BeastModeLink",
    "BeastModeResource",
    "BeastModeResourceType",
    "BeastModeStatistics",
    "BeastModeValidity",
    "BeastModes",
    "ColumnPosition",
]


class BeastModeResourceType(OpenEnum):
    """The type of resource that uses a Beast Mode."""

    CARD = "CARD"
    DATA_SOURCE = "DATA_SOURCE"
    FUNCTION_TEMPLATE = "FUNCTION_TEMPLATE"


class BeastModeValidity(OpenEnum):
    """The validity of a Beast Mode."""

    VALID = "VALID"
    ILLEGAL_REFERENCE = "ILLEGAL_REFERENCE"
    INCOMPATIBLE_LINK = "INCOMPATIBLE_LINK"


@frozen(kw_only=True)
class BeastModeStatistics(Model):
    """The number of Beast Modes in the instance.

    Attributes:
        total: All Beast Modes.
        on_datasets: Beast Modes on datasets.
        on_cards: Beast Modes on cards.
        in_visualizations: Beast Modes that a visualization uses.
        locked: Beast Modes that are locked against changes.
        invalid: Beast Modes that are invalid.
        invalid_link: Beast Modes that are invalid where they are used.
        archived: Beast Modes that are archived.
    """

    total: int | None = None
    on_datasets: int | None = None
    on_cards: int | None = None
    in_visualizations: int | None = None
    locked: int | None = None
    invalid: int | None = None
    invalid_link: int | None = None
    archived: int | None = None


@frozen(kw_only=True)
class BeastModeResource(Model):
    """A card or a dataset that uses a Beast Mode.

    Attributes:
        type: Whether it is a card or a dataset.
        id: Its identifier; that of a card contains more than the card's number.
    """

    type: BeastModeResourceType | None = None
    id: str


@frozen(kw_only=True)
class BeastModeLink(Model):
    """The use of a Beast Mode by a card or a dataset.

    Attributes:
        resource: The card or dataset.
        visible: Whether it is visible there.
        active: Whether it is active there.
        valid: Whether it is valid there.
    """

    resource: BeastModeResource | None = None
    visible: bool | None = None
    active: bool | None = None
    valid: BeastModeValidity | None = None


@frozen(kw_only=True)
class ColumnPosition(Model):
    """The position of a column in a formula.

    Attributes:
        column_name: The column, with its backticks.
        column_position: The number of characters before it.
    """

    column_name: str
    column_position: int


@frozen(kw_only=True)
class BeastMode(Model):
    """A Beast Mode. Search results do not have the formula and the fields derived from it.

    Attributes:
        id: The Beast Mode's number.
        name: The Beast Mode's name.
        description: The description.
        owner: The owner.
        expression: The formula.
        data_type: The type of the result, such as ``DECIMAL``.
        status: The validity of the formula.
        links: The cards and datasets that use it.
        active_links: The active uses; only the search returns it, and no document describes its content.
        locked: Whether it is locked against changes.
        is_global: Whether it can be used everywhere.
        archived: Whether it is archived.
        hidden: Whether lists leave it out.
        variable: Whether it is a variable.
        legacy_id: The former identifier.
        check_sum: The check sum of the formula.
        last_modified: The time of the last change.
        created: The time of creation.
        aggregated: Whether the formula aggregates rows.
        analytic: Whether the formula uses window functions.
        non_aggregated_columns: The columns that are not aggregated.
        cache_window: The time for which its values are cached, such as ``day``.
        column_positions: The positions of columns in the formula.
        functions: The functions in the formula.
        function_template_dependencies: The Beast Modes in the formula.
    """

    id: NumericId
    name: str | None = None
    description: str | None = None
    owner: NumericId | None = None
    expression: str | None = None
    data_type: str | None = None
    status: BeastModeValidity | None = None
    links: tuple[BeastModeLink, ...] = ()
    active_links: Mapping[str, object] | None = None
    locked: bool | None = None
    is_global: bool | None = attrs.field(default=None, metadata=wire_name("global"))
    archived: bool | None = None
    hidden: bool | None = None
    variable: bool | None = None
    legacy_id: str | None = None
    check_sum: str | None = None
    last_modified: EpochMillis | None = None
    created: EpochMillis | None = None
    aggregated: bool | None = None
    analytic: bool | None = None
    non_aggregated_columns: tuple[object, ...] = ()
    cache_window: str | None = None
    column_positions: tuple[ColumnPosition, ...] = ()
    functions: tuple[str, ...] = ()
    function_template_dependencies: tuple[object, ...] = ()


@frozen(kw_only=True)
class _Found(Model):
    results: tuple[BeastMode, ...]
    total_hits: int | None = None
    has_more: bool | None = None
    degraded: bool | None = None


def _on_dataset(data_set_id: str) -> dict[str, Any]:
    resource = payload(type=BeastModeResourceType.DATA_SOURCE, id=data_set_id)
    return payload(resource=resource, visible=True, active=False, valid=BeastModeValidity.VALID)


def _batch(found: _Found) -> PageData[BeastMode]:
    return PageData(found.results, total=found.total_hits, more=found.has_more)


def _ids(given: Sequence[int | str] | Unset) -> tuple[int | str, ...] | Unset:
    return given if isinstance(given, Unset) else tuple(require_list(given, "id_list"))


@frozen
class BeastModeFilter(Record):
    """A filter for a search of Beast Modes.

    Attributes:
        field: The filter, such as ``notvariable``, which needs no identifiers.
        id_list: The identifiers, for filters such as ``owner`` and ``dataset``. Domo's documentation does not show
            them; other clients send them.
    """

    field: str
    id_list: Sequence[int | str] | Unset = attrs.field(default=UNSET, converter=_ids)


@frozen(kw_only=True)
class _Linked(Model):
    """The uses of a Beast Mode as the instance sent them, to be sent back unchanged."""

    links: tuple[Mapping[str, object], ...] = ()


class BeastModes(Area):
    """Beast Modes: calculated fields."""

    async def statistics(self) -> BeastModeStatistics:
        """Return the number of Beast Modes in the instance.

        `GET /api/query/v1/functions/statistics` (Beast Modes, "Get Statistics").
        """
        return await self._http.request("GET", url("/api/query/v1/functions/statistics"), into=BeastModeStatistics)

    def search(
        self,
        *,
        name: str | Unset = UNSET,
        filters: Sequence[BeastModeFilter | str] = (),
        sort_by: str = "name",
        ascending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[BeastMode]:
        """Iterate over the Beast Modes that match all filters; without filters over all of them.

        `POST /api/query/v1/functions/search` (Beast Modes, "Get All Beast Modes"). Each answer has a field
        ``degraded``; no document explains it, so it is not returned.

        Args:
            name: Text that the name contains.
            filters: Further filters; a plain string such as ``notvariable`` is a filter without identifiers.
            sort_by: The field to sort by, such as ``name``.
            ascending: Whether to sort in ascending order.
            offset: The number of Beast Modes to skip.
            limit: The maximum number of Beast Modes to return.
            page_size: The number of Beast Modes per request, 1 to 5000.

        Raises:
            ConfigError: A number is out of range.
        """
        given = require_list(filters, "filters", may_be_empty=True)
        return self._http.pages(
            "POST",
            url("/api/query/v1/functions/search"),
            BODY,
            json=payload(
                name=name,
                filters=[BeastModeFilter(item) if isinstance(item, str) else item for item in given],
                sort=payload(field=sort_by, ascending=ascending),
            ),
            key=attrgetter("id"),
            into=_Found,
            read=_batch,
            offset=offset,
            limit=limit,
            page_size=page_size,
            most=5000,
        )

    async def create(
        self,
        *,
        name: str,
        expression: str,
        data_set_id: str | Unset = UNSET,
        data_type: str | Unset = UNSET,
        is_global: bool = False,
        aggregated: bool | Unset = UNSET,
        variable: bool = False,
        strict: bool | None = None,
    ) -> BeastMode:
        """Create a Beast Mode for a dataset, or a global one.

        `POST /api/query/v1/functions/template`. Seen: samples of instances show it, no document of Domo's does;
        independent clients use it.

        ```python
        margin = await domo.beast_modes.create(
            name="Margin", expression="SUM(`profit`) / SUM(`sales`)", data_set_id=dataset_id, data_type="DECIMAL"
        )
        ```

        Args:
            name: The Beast Mode's name.
            expression: The formula.
            data_set_id: The dataset; required unless the Beast Mode is global.
            data_type: The type of the result, such as ``DECIMAL``.
            is_global: Whether it can be used everywhere.
            aggregated: Whether the formula aggregates rows.
            variable: Whether it is a variable.
            strict: Whether the instance refuses an invalid formula.

        Raises:
            ConfigError: Neither `data_set_id` nor ``is_global=True`` is given.
            BadRequest: The instance refused the formula.
        """
        if isinstance(data_set_id, Unset) and not is_global:
            raise ConfigError("a Beast Mode belongs to a dataset: give data_set_id, or is_global=True")
        links = [] if isinstance(data_set_id, Unset) else [_on_dataset(data_set_id)]
        return await self._http.request(
            "POST",
            url("/api/query/v1/functions/template"),
            params={"strict": strict},
            json=payload(
                {"global": is_global},
                name=name,
                expression=expression,
                data_type=data_type,
                aggregated=aggregated,
                variable=variable,
                links=links,
            ),
            into=BeastMode,
        )

    async def set_owner(self, beast_mode_ids: Sequence[int | str], user_id: int | str, /) -> None:
        """Change the owner of Beast Modes; their formulas and uses stay.

        `POST /api/query/v1/functions/list/id` returns their uses, as these are set again by
        `POST /api/query/v1/functions/bulk/template`. Seen: samples of instances show both, no document of Domo's does;
        the list ``update`` of the second is from three independent clients.

        Args:
            beast_mode_ids: The Beast Modes.
            user_id: The new owner.

        Raises:
            ConfigError: `beast_mode_ids` is empty.
            NotFound: One of them does not exist; nothing was changed.
        """
        ids = numbers(beast_mode_ids, "beast_mode_ids")
        known = await self._http.request(
            "POST",
            url("/api/query/v1/functions/list/id"),
            json={"ids": [str(each) for each in ids]},
            into=dict[str, _Linked],
            idempotent=True,
        )
        gone = [each for each in ids if str(each) not in known]
        if gone:
            raise APIError.for_status(
                404,
                message=f"these Beast Modes do not exist: {', '.join(map(str, gone))}; nothing was changed",
                method="POST",
                path="/api/query/v1/functions/list/id",
            )
        owner = user_number(user_id)
        updates = [{"id": each, "owner": owner, "links": list(known[str(each)].links)} for each in ids]
        # Setting the same owner twice has the same effect.
        await self._http.request(
            "POST", url("/api/query/v1/functions/bulk/template"), json={"update": updates}, idempotent=True
        )

    async def delete(self, beast_mode_id: int | str, /) -> None:
        """Delete a Beast Mode.

        `DELETE /api/query/v1/functions/template/{beast_mode_id}`. Unconfirmed: no document of Domo's describes it;
        independent clients use it.

        Args:
            beast_mode_id: The Beast Mode.

        Raises:
            Forbidden: The token's owner may not delete it.
            NotFound: The Beast Mode does not exist.
        """
        await self._http.request("DELETE", url("/api/query/v1/functions/template/{}", beast_mode_id))

    async def get_many(self, beast_mode_ids: Sequence[int | str], /) -> ItemTuple[BeastMode]:
        """Return several Beast Modes; those that do not exist are left out.

        `POST /api/query/v1/functions/list/id`. Seen: samples of instances show it, no document of Domo's does.

        Args:
            beast_mode_ids: The Beast Modes.

        Raises:
            ConfigError: `beast_mode_ids` is empty.
        """
        ids = [str(each) for each in require_list(beast_mode_ids, "beast_mode_ids")]
        found = await self._http.request(
            "POST",
            url("/api/query/v1/functions/list/id"),
            json=payload(ids=ids),
            into=dict[str, BeastMode],
            idempotent=True,
        )
        return ItemTuple(found[each] for each in ids if each in found)

    async def get(self, beast_mode_id: int | str, /, *, hidden: bool | None = None) -> BeastMode:
        """Return a Beast Mode.

        `GET /api/query/v1/functions/template/{beast_mode_id}` (Beast Modes, "Get Beast Mode by Id").

        Args:
            beast_mode_id: The Beast Mode.
            hidden: Whether to return it if lists leave it out; other clients send this, it is not documented.

        Raises:
            NotFound: The Beast Mode does not exist.
        """
        path = url("/api/query/v1/functions/template/{}", beast_mode_id)
        return await self._http.request("GET", path, params={"hidden": hidden}, into=BeastMode)

    async def update(self, beast_mode_id: int | str, /, *, expression: str, strict: bool | None = None) -> BeastMode:
        """Change the formula of a Beast Mode; the rest stays.

        `PUT /api/query/v1/functions/template/{beast_mode_id}` (Beast Modes, "Update a Beast Mode").

        Args:
            beast_mode_id: The Beast Mode.
            expression: The formula.
            strict: The example in Domo's documentation sends false; the documentation does not explain it.

        Raises:
            NotFound: The Beast Mode does not exist.
        """
        return await self._http.request(
            "PUT",
            url("/api/query/v1/functions/template/{}", beast_mode_id),
            params={"strict": strict},
            json=payload(expression=expression),
            into=BeastMode,
        )

    async def lock(self, beast_mode_id: int | str, /, *, locked: bool = True) -> BeastMode:
        """Lock a Beast Mode against changes, or unlock it.

        `PUT /api/query/v1/functions/template/{beast_mode_id}` (Beast Modes, "Lock Beast Mode").

        Args:
            beast_mode_id: The Beast Mode.
            locked: True locks it, False unlocks it.

        Raises:
            NotFound: The Beast Mode does not exist.
        """
        return await self._http.request(
            "PUT",
            url("/api/query/v1/functions/template/{}", beast_mode_id),
            json=payload(locked=locked),
            into=BeastMode,
        )

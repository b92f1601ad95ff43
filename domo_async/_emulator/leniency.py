"""Request bodies in more forms than the documents show, as real instances accept them.

Working clients send numbers for texts and texts for numbers, null for omitted keys, one item for a list of one item,
and omit keys that the documents call required. A strict instance accepts none of this. A key mostly means the same on
all routes, so that one table gives the types of values by key; routes with exceptions have an entry of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from enum import Enum
from math import isfinite
from typing import Any

from attrs import field, frozen

__all__ = ["as_documented"]

_INTEGER = re.compile(r"[+-]?\d{1,18}")
_DECIMAL = re.compile(r"[+-]?\d{1,18}\.\d{1,18}")
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


class ValueType(Enum):
    """The type of a value, or of each item of a list."""

    TEXT = "a text"
    NUMBER = "a number"
    FLAG = "true or false"


def _keys(names: str) -> frozenset[str]:
    return frozenset(names.split())


# The types of keys' values, wherever the keys stand.
_TYPES: dict[str, ValueType] = {
    key: type_
    for type_, keys in {
        ValueType.TEXT: _keys(
            """
            accessLevel accountType action appendId cardTitleSearchText catalog category dataProviderType
            dataSourceDescription dataSourceName dataTag description directoryPath displayName displayNameSearch
            emailAddress entityType expression field fieldName filterType frequency grant input jobId jobName
            messageName modelId name operator order orderBy outputStyle pagePermission pageTitleSearchText permission
            queryProfile queryString region resourceType restateDataTag runType sortOrder sql subject system template
            timezone title titleSearchText type updateMethod userDefinedType userMessage version
            """
        ),
        ValueType.NUMBER: _keys(
            """
            accountId alertActionId count executionTimeout expires facetValueLimit facetValueOffset floatNumber
            fromRoleId height hourOfDay limit longNumber max min minOfHour numTablePages offset pageId recordedDate
            roleId scale subscriberId topK viewId width
            """
        ),
        ValueType.FLAG: _keys(
            """
            active aggregated ascending attachmentInclude combineResults dataSourcePermissions enabled external global
            hasLayout ignoreCase includeBOM includeCardTitleClause includeDeleted includePageTitleClause
            includeParentPageIdsClause includePhonetic includeScheduleIdClause includeStatusClause includeSupport
            includeTitleClause includeTypeClause index isAutomated isRelevance locked not publicAccess required
            sendEmail showCount syncEnabled treatLongsAsStrings upsertKey useCache visible
            """
        ),
    }.items()
    for key in keys
}
# Keys that hold a list, with the type of its items; None leaves the items as they are.
_LISTS: dict[str, ValueType | None] = {
    key: type_
    for type_, keys in {
        ValueType.TEXT: _keys(
            "dataAppIds dataIds facetValuesToInclude fieldsToReturn orderByString tagNames taskIds tasksId values"
        ),
        ValueType.NUMBER: _keys("accounts dataFlowIds groupIds idList pageIds parentPageIds userIds virtualUserIds"),
        None: _keys(
            """
            addMembers addOwners alertSubscriptions columns configuration dataSourceSchemas dateFilters entries
            fieldSort fieldSorts fileSetAccess filters notFilters orFilters paginationFields recipients removeMembers
            removeOwners
            """
        ),
    }.items()
    for key in keys
}
# The values of these keys are the caller's own content, and stay as they are.
_OPAQUE = _keys(
    """
    configurations content data emailParams executionPayload executionResponse inputVariables metaData
    modelConfiguration parameters queryOverrides value
    """
)


# The keys that switch a clause of a search on, and the key that each clause needs; clients omit the other clauses.
_CLAUSES = {
    "includePageTitleClause": "pageTitleSearchText",
    "includeCardTitleClause": "cardTitleSearchText",
    "includeTitleClause": "titleSearchText",
    "includeParentPageIdsClause": "parentPageIds",
    "includeStatusClause": "status",
}


@frozen(kw_only=True)
class Route:
    """The exceptions of a route.

    Attributes:
        types: The types of keys' values, if they differ from the usual ones.
        lists: The same for the items of keys that hold lists; for a list of lists, the type of the inner items.
        items: The type of the items, if the body itself is a list.
        defaults: The values of omitted keys, by path; a path leads into each item of the lists on it.
        other_names: Other names of keys, each with the usual name and the conversion of the value.
        opaque: Whether the whole body is the caller's own content.
    """

    types: Mapping[str, ValueType] = field(factory=dict)
    lists: Mapping[str, ValueType | None] = field(factory=dict)
    items: ValueType | None = None
    defaults: Mapping[str, object] = field(factory=dict)
    other_names: Mapping[str, tuple[str, Callable[[Any], Any]]] = field(factory=dict)
    opaque: bool = False


_USUAL = Route()
_OWN = Route(opaque=True)
_RIGHTS = Route(types={"id": ValueType.TEXT}, lists={"permissions": ValueType.TEXT})
_TEXTS, _NUMBERS = Route(items=ValueType.TEXT), Route(items=ValueType.NUMBER)
_ALERT = Route(types={"resourceId": ValueType.TEXT}, lists={"filterRules": ValueType.TEXT})
_TASK_FILTERS = _keys(
    """
    assignedBy assignedOn assignedTo completedBy completedOn createdBy createdOn displayType queueId status updatedOn
    version
    """
)


def _grouped(entities: object) -> object:
    """Return the entities of a search in the form of `entityList`."""
    if not isinstance(entities, list):
        return entities
    return [[each.lower() if isinstance(each, str) else each for each in entities]]


def _itself(value: object) -> object:
    return value


# Routes by method and path, with ``{}`` for each path parameter.
_ROUTES: dict[str, Route] = {
    "POST /api/search/v1/query": Route(
        types={"query": ValueType.TEXT, "value": ValueType.TEXT},
        defaults={"query": "*", "sort.fieldSorts.sortOrder": "ASC"},
        other_names={"entities": ("entityList", _grouped)},
    ),
    "POST /api/data/ui/v3/datasources/search": Route(
        types={"query": ValueType.TEXT, "value": ValueType.TEXT},
        defaults={"query": "*", "sort.fieldSorts.sortOrder": "ASC"},
    ),
    "PUT /api/data/v1/providers/{}/account/{}": _OWN,
    "POST /api/queues/v1/tasks/list": Route(lists=dict.fromkeys(_TASK_FILTERS, ValueType.TEXT)),
    "POST /api/queues/v1/{}/permissions": _RIGHTS,
    "POST /api/workflow/v1/models/{}/permissions": _RIGHTS,
    "POST /api/workflow/v2/executions/cancel": _TEXTS,
    "POST /api/workflow/v2/executions/{}/restart": _OWN,
    "POST /api/workflow/v2/triggers/{}/activate": _OWN,
    "POST /api/codeengine/v2/packages": _OWN,
    "POST /api/codeengine/v2/packages/{}/permissions": _RIGHTS,
    "POST /api/social/v4/alerts": _ALERT,
    "PATCH /api/social/v4/alerts/{}": _ALERT,
    "PUT /api/social/v4/alerts/{}": _ALERT,
    "PUT /api/queues/v1/{}/tasks/{}/assign": Route(types={"userId": ValueType.TEXT}, defaults={"type": "USER"}),
    "PUT /api/queues/v1/{}/tasks/{}/outputs": _OWN,
    "POST /api/queues/v1/{}/tasks/{}/complete": _OWN,
    "POST /api/data/v1/streams/{}/executions": Route(defaults={"action": "MANUAL"}),
    # Without a role to copy, the new role gets the permissions of the least powerful one.
    "POST /api/authorization/v1/roles": Route(defaults={"description": "", "fromRoleId": 5}),
    "PUT /api/authorization/v1/roles/settings": Route(
        types={"defaultRoleId": ValueType.NUMBER}, lists={"allowlistRoleIds": ValueType.NUMBER}
    ),
    "POST /api/identity/v1/users": Route(other_names={"email": ("emailAddress", _itself)}),
    "POST /api/content/v2/groups": Route(defaults={"type": "open"}),
    "POST /api/data/v2/datasources": Route(
        defaults={"userDefinedType": "api"}, other_names={"name": ("dataSourceName", _itself)}
    ),
    "POST /api/query/v1/functions/search": Route(
        defaults={"limit": 50, "filters": [], "sort": {"field": "name", "ascending": True}, "sort.ascending": True}
    ),
    "PATCH /api/authorization/v1/roles/{}/authorities": _TEXTS,
    "PUT /api/authorization/v1/roles/{}/authorities": _TEXTS,
    "PUT /api/authorization/v1/roles/{}/users": _NUMBERS,
    "DELETE /api/content/v2/groups": _TEXTS,
    "POST /api/data/ui/v3/datasources/{}/tags": _TEXTS,
    "DELETE /api/data/v2/datasources/{}/dataversions": _NUMBERS,
    "POST /api/content/v1/reportschedules/card-email-data": _NUMBERS,
    "POST /api/files/v1/filesets/search": Route(lists={"value": ValueType.TEXT}),
    "POST /api/files/v1/filesets/{}/files/search": Route(lists={"value": ValueType.TEXT}),
    "POST /api/files/v1/filesets/{}/query": Route(types={"query": ValueType.TEXT}),
    "POST /api/files/v1/filesets/{}/files/reindex": Route(lists={"fileIds": ValueType.TEXT}),
    "POST /api/identity/v1/users/search": Route(
        types={"text": ValueType.TEXT},
        lists={"ids": ValueType.TEXT, "parts": ValueType.TEXT, "attributes": ValueType.TEXT},
    ),
    "POST /api/data/v2/datasources/{}/schemas": Route(types={"order": ValueType.NUMBER, "id": ValueType.TEXT}),
    "POST /api/dataprocessing/v1/dataflows": _OWN,
    "PUT /api/dataprocessing/v1/dataflows/{}": _OWN,
    "PUT /api/dataprocessing/v1/dataflows/{}/patch": Route(types={"responsibleUserId": ValueType.NUMBER}),
    "POST /api/content/v1/share": Route(lists={"resources": None}),
    "POST /api/content/v1/pages": Route(types={"parentPageId": ValueType.TEXT}, defaults={"parentPageId": "0"}),
    "PUT /api/content/v1/pages/bulk/move": Route(
        types={"parentPageId": ValueType.NUMBER}, defaults={"pagePermission": "ORIGINAL"}
    ),
    "POST /domo/workflow/v1/models/{}/start": _OWN,
    "PUT /api/datastores/v2/collections/{}/documents/update": _OWN,
    # Documents of App DB, and queries for them, hold the applications' own content.
    **{
        f"{method} {path}": _OWN
        for base in ("/api/datastores/v1", "/api/datastores/{}", "/domo/datastores/v1")
        for method, path in (
            ("POST", f"{base}/collections/{{}}/documents"),
            ("POST", f"{base}/collections/{{}}/documents/query"),
            ("POST", f"{base}/collections/{{}}/documents/bulk"),
            ("PUT", f"{base}/collections/{{}}/documents/bulk"),
            ("PUT", f"{base}/collections/{{}}/documents/{{}}"),
        )
    },
}
_PARAMETER = re.compile(r"\{[^{}]*\}")


def as_documented(body: Any, method: str, path: str) -> Any:
    """Return a body in the documented form.

    Args:
        body: The JSON of the body, in any form that instances accept; it may be changed in place.
        method: The request's method.
        path: The path of the route, with its parameters in braces.
    """
    if path.startswith("/emulator/"):  # the emulator's own routes, for which null has a meaning
        return body
    route = _ROUTES.get(f"{method} {_PARAMETER.sub('{}', path).rstrip('/')}", _USUAL)
    if route.opaque:
        return body
    if isinstance(body, list):
        return [_read(item, route.items, route) for item in body]
    if route.items is not None and body != {}:
        return [_read(body, route.items, route)]
    read = _read(body, None, route)
    if isinstance(read, dict):
        for other, (name, written) in route.other_names.items():
            if other in read and name not in read:
                read[name] = written(read.pop(other))
        for steps, value in route.defaults.items():
            _fill(read, steps.split("."), deepcopy(value))
    return read


def _read(value: Any, type_: ValueType | None, route: Route) -> Any:
    """Return a value in the documented form."""
    match value:
        case dict():
            return dict(_members(value, route))
        case list():
            return [_read(item, type_, route) for item in value]
        case _:
            return value if type_ is None else _scalar(value, type_)


def _members(value: Mapping[str, Any], route: Route) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        lists = key in route.lists or (key in _LISTS and key not in route.types)
        type_ = (route.lists[key] if key in route.lists else _LISTS[key]) if lists else _type_of(key, route)
        if item is None and key != "value":
            continue
        if key in _OPAQUE and type_ is None and not isinstance(item, list):
            yield key, item
        elif key in _CLAUSES and value.get(_CLAUSES[key]) is None:
            yield key, False
        else:
            # One item in place of a list of one item: a value for a list of values, an object for a list of objects.
            alone = lists and not isinstance(item, list) and isinstance(item, dict) is (type_ is None)
            yield key, _read([item] if alone else item, type_, route)


def _type_of(key: str, route: Route) -> ValueType | None:
    return route.types.get(key) or _TYPES.get(key)


def _scalar(value: Any, type_: ValueType) -> Any:
    """Return a value converted to a type, if its form allows that."""
    if type_ is ValueType.TEXT:
        return (
            str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value
        )
    if type_ is ValueType.FLAG:
        word = str(value).strip().lower() if isinstance(value, int | str) else None
        return value if word is None else _FLAGS.get(word, value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return float(value)
    return int(value) if isinstance(value, float) and isfinite(value) and value.is_integer() else value


def _fill(value: Any, steps: list[str], default: object) -> None:
    """Set a default at a path if nothing is there; do nothing if the object that would hold it is missing."""
    step, *others = steps
    if isinstance(value, list):
        for item in value:
            _fill(item, steps, default)
    elif isinstance(value, dict) and others:
        _fill(value.get(step), others, default)
    elif isinstance(value, dict):
        value.setdefault(step, default)

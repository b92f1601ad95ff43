"""Requests' bodies as instances take them: in more forms than the documents show.

Working clients send numbers for texts and texts for numbers, null for what they leave out, one item for a list of one,
and leave out what the documents call required. A strict instance takes none of it. A key mostly means the same on all
routes, so one table of keys says of what kind a value is; routes for which that is not all have a line of their own.
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


class Kind(Enum):
    """What a value is, or each item of a list."""

    TEXT = "a text"
    NUMBER = "a number"
    FLAG = "true or false"


def _keys(names: str) -> frozenset[str]:
    return frozenset(names.split())


# What keys hold, which is the same wherever they stand.
_KINDS: dict[str, Kind] = {
    key: kind
    for kind, keys in {
        Kind.TEXT: _keys(
            """
            accessLevel accountType action appendId cardTitleSearchText catalog category dataProviderType
            dataSourceDescription dataSourceName dataTag description directoryPath displayName displayNameSearch
            emailAddress entityType expression field fieldName filterType frequency grant input jobId jobName
            messageName modelId name operator order orderBy outputStyle pagePermission pageTitleSearchText permission
            queryProfile queryString region resourceType restateDataTag runType sortOrder sql subject system template
            timezone title titleSearchText type updateMethod userDefinedType userMessage version
            """
        ),
        Kind.NUMBER: _keys(
            """
            accountId alertActionId count executionTimeout expires facetValueLimit facetValueOffset floatNumber
            fromRoleId height hourOfDay limit longNumber max min minOfHour numTablePages offset pageId recordedDate
            roleId scale subscriberId topK viewId width
            """
        ),
        Kind.FLAG: _keys(
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
# Keys that hold a list, with the kind of its items; None leaves those as they are.
_LISTS: dict[str, Kind | None] = {
    key: kind
    for kind, keys in {
        Kind.TEXT: _keys(
            "dataAppIds dataIds facetValuesToInclude fieldsToReturn orderByString tagNames taskIds tasksId values"
        ),
        Kind.NUMBER: _keys("accounts dataFlowIds groupIds idList pageIds parentPageIds userIds virtualUserIds"),
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
# What is below these is the caller's own.
_OPAQUE = _keys(
    """
    configurations content data emailParams executionPayload executionResponse inputVariables metaData
    modelConfiguration parameters queryOverrides value
    """
)


# Which keys a search goes by, and what it then looks for; clients say that it does, and leave the rest out.
_CLAUSES = {
    "includePageTitleClause": "pageTitleSearchText",
    "includeCardTitleClause": "cardTitleSearchText",
    "includeTitleClause": "titleSearchText",
    "includeParentPageIdsClause": "parentPageIds",
    "includeStatusClause": "status",
}


@frozen(kw_only=True)
class Route:
    """What is particular to a route.

    Attributes:
        kinds: The kinds of keys, where they are not the usual ones.
        lists: The same for keys that hold lists; a list of lists has one of its kind.
        items: The kind of the items, where the body itself is a list.
        defaults: What stands for keys that are left out, by path; the lists on it are gone into.
        other_names: What else keys are called, each with how its value is written under its own name.
        opaque: Whether all of the body is the caller's own.
    """

    kinds: Mapping[str, Kind] = field(factory=dict)
    lists: Mapping[str, Kind | None] = field(factory=dict)
    items: Kind | None = None
    defaults: Mapping[str, object] = field(factory=dict)
    other_names: Mapping[str, tuple[str, Callable[[Any], Any]]] = field(factory=dict)
    opaque: bool = False


_USUAL = Route()
_OWN = Route(opaque=True)
_RIGHTS = Route(kinds={"id": Kind.TEXT}, lists={"permissions": Kind.TEXT})
_TEXTS, _NUMBERS = Route(items=Kind.TEXT), Route(items=Kind.NUMBER)
_ALERT = Route(kinds={"resourceId": Kind.TEXT}, lists={"filterRules": Kind.TEXT})
_TASK_FILTERS = _keys(
    """
    assignedBy assignedOn assignedTo completedBy completedOn createdBy createdOn displayType queueId status updatedOn
    version
    """
)


def _grouped(entities: object) -> object:
    """Return the entities of a search as `entityList` has them."""
    if not isinstance(entities, list):
        return entities
    return [[each.lower() if isinstance(each, str) else each for each in entities]]


def _itself(value: object) -> object:
    return value


# By method and path, whose parameters are written as ``{}``.
_ROUTES: dict[str, Route] = {
    "POST /api/search/v1/query": Route(
        kinds={"query": Kind.TEXT, "value": Kind.TEXT},
        defaults={"query": "*", "sort.fieldSorts.sortOrder": "ASC"},
        other_names={"entities": ("entityList", _grouped)},
    ),
    "POST /api/data/ui/v3/datasources/search": Route(
        kinds={"query": Kind.TEXT, "value": Kind.TEXT}, defaults={"query": "*", "sort.fieldSorts.sortOrder": "ASC"}
    ),
    "PUT /api/data/v1/providers/{}/account/{}": _OWN,
    "POST /api/queues/v1/tasks/list": Route(lists=dict.fromkeys(_TASK_FILTERS, Kind.TEXT)),
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
    "PUT /api/queues/v1/{}/tasks/{}/assign": Route(kinds={"userId": Kind.TEXT}, defaults={"type": "USER"}),
    "PUT /api/queues/v1/{}/tasks/{}/outputs": _OWN,
    "POST /api/queues/v1/{}/tasks/{}/complete": _OWN,
    "POST /api/data/v1/streams/{}/executions": Route(defaults={"action": "MANUAL"}),
    # Who names no role to copy gets the least of those that are there.
    "POST /api/authorization/v1/roles": Route(defaults={"description": "", "fromRoleId": 5}),
    "PUT /api/authorization/v1/roles/settings": Route(
        kinds={"defaultRoleId": Kind.NUMBER}, lists={"allowlistRoleIds": Kind.NUMBER}
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
    "POST /api/files/v1/filesets/search": Route(lists={"value": Kind.TEXT}),
    "POST /api/files/v1/filesets/{}/files/search": Route(lists={"value": Kind.TEXT}),
    "POST /api/files/v1/filesets/{}/query": Route(kinds={"query": Kind.TEXT}),
    "POST /api/files/v1/filesets/{}/files/reindex": Route(lists={"fileIds": Kind.TEXT}),
    "POST /api/identity/v1/users/search": Route(
        kinds={"text": Kind.TEXT}, lists={"ids": Kind.TEXT, "parts": Kind.TEXT, "attributes": Kind.TEXT}
    ),
    "POST /api/data/v2/datasources/{}/schemas": Route(kinds={"order": Kind.NUMBER, "id": Kind.TEXT}),
    "POST /api/dataprocessing/v1/dataflows": _OWN,
    "PUT /api/dataprocessing/v1/dataflows/{}": _OWN,
    "PUT /api/dataprocessing/v1/dataflows/{}/patch": Route(kinds={"responsibleUserId": Kind.NUMBER}),
    "POST /api/content/v1/share": Route(lists={"resources": None}),
    "POST /api/content/v1/pages": Route(kinds={"parentPageId": Kind.TEXT}, defaults={"parentPageId": "0"}),
    "PUT /api/content/v1/pages/bulk/move": Route(
        kinds={"parentPageId": Kind.NUMBER}, defaults={"pagePermission": "ORIGINAL"}
    ),
    "POST /domo/workflow/v1/models/{}/start": _OWN,
    "PUT /api/datastores/v2/collections/{}/documents/update": _OWN,
    # Documents of App DB, and queries for them, hold what applications put there.
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
    """Return a body as the documents have it, whichever form that instances take it has.

    Args:
        body: The JSON of the body, which may be changed.
        method: The request's method.
        path: The path of its route, with its parameters in braces.
    """
    if path.startswith("/emulator/"):  # no instance has these, and a null means something to them
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


def _read(value: Any, kind: Kind | None, route: Route) -> Any:
    """Return a value as the documents have it."""
    match value:
        case dict():
            return dict(_members(value, route))
        case list():
            return [_read(item, kind, route) for item in value]
        case _:
            return value if kind is None else _scalar(value, kind)


def _members(value: Mapping[str, Any], route: Route) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        lists = key in route.lists or (key in _LISTS and key not in route.kinds)
        kind = (route.lists[key] if key in route.lists else _LISTS[key]) if lists else _kind_of(key, route)
        if item is None and key != "value":
            continue
        if key in _OPAQUE and kind is None and not isinstance(item, list):
            yield key, item
        elif key in _CLAUSES and value.get(_CLAUSES[key]) is None:
            yield key, False
        else:
            # One for a list of one: a value where those are listed, an object where objects are.
            alone = lists and not isinstance(item, list) and isinstance(item, dict) is (kind is None)
            yield key, _read([item] if alone else item, kind, route)


def _kind_of(key: str, route: Route) -> Kind | None:
    return route.kinds.get(key) or _KINDS.get(key)


def _scalar(value: Any, kind: Kind) -> Any:
    """Return a value as one of a kind, if it has a form that stands for one."""
    if kind is Kind.TEXT:
        return (
            str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value
        )
    if kind is Kind.FLAG:
        word = str(value).strip().lower() if isinstance(value, int | str) else None
        return value if word is None else _FLAGS.get(word, value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return float(value)
    return int(value) if isinstance(value, float) and isfinite(value) and value.is_integer() else value


def _fill(value: Any, steps: list[str], default: object) -> None:
    """Put a default where nothing is, unless there is nothing that it would be part of."""
    step, *others = steps
    if isinstance(value, list):
        for item in value:
            _fill(item, steps, default)
    elif isinstance(value, dict) and others:
        _fill(value.get(step), others, default)
    elif isinstance(value, dict):
        value.setdefault(step, default)

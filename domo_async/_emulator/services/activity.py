"""The activity log, whose entries are derived from the method and route of each call.

Emulator-defined: the calls that are logged, and their action, object type and words, as Domo's documentation only shows
two entries. The last 100 000 entries are kept.
"""

from __future__ import annotations

from functools import lru_cache

from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.people import user_name
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import CALLER, millis, request_key
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["COLLECTION", "KEPT", "OBJECTS", "about", "leave_out", "note", "put"]

COLLECTION = "activity_log"
KEPT = 100_000


@frozen
class _Object:
    """The type of object that the calls below a path are about.

    Attributes:
        prefix: The path.
        type: The object type.
        noun: The word for such an object.
        collection: The collection of such objects' records, if they have one.
        post: The action of a POST directly below the path.
    """

    prefix: str
    type: str
    noun: str
    collection: str | None = None
    post: str = "CREATED"


# The first one that matches a route counts.
OBJECTS = (
    _Object("/api/content/v2/authentication", "USER", "user", "users", post="LOGGEDIN"),
    _Object("/api/identity/v1/users", "USER", "user", "users"),
    _Object("/api/identity/v1/password", "USER", "user", "users"),
    _Object("/api/content/v2/users", "USER", "user", "users"),
    _Object("/api/content/v3/users", "USER", "user", "users"),
    _Object("/api/content/v2/groups/permissions", "GROUP", "group", "groups", post="VIEWED"),
    _Object("/api/content/v2/groups", "GROUP", "group", "groups"),
    _Object("/api/authorization/v1/roles", "ROLE", "role", "roles"),
    _Object("/api/authorization/v1/authorities", "ROLE", "role", "roles"),
    _Object("/api/sessions/v1/admin", "SESSION", "login"),
    _Object("/api/data/v1/accesstokens", "ACCESS_TOKEN", "access token", "access_tokens"),
    _Object("/api/audit/v1/user-audits", "ACTIVITY_LOG", "activity log"),
    _Object("/api/tags/v3/{entity_type}", "CERTIFICATION", "certification"),
    _Object("/api/data/v1/accounts", "ACCOUNT", "account", "accounts"),
    _Object("/api/data/v2/accounts", "ACCOUNT", "account", "accounts"),
    _Object("/api/data/v1/providers/{provider}/account", "ACCOUNT", "account", "accounts"),
    _Object("/api/data/v1/providers", "DATA_PROVIDER", "data provider"),
    _Object("/api/data/v1/lineage", "LINEAGE", "lineage"),
    _Object("/api/data/v1/ui/bulk", "DATA_SOURCE", "DataSets", post="UPDATED"),
    _Object("/api/data/v1/streams", "STREAM", "stream", "streams"),
    _Object("/api/data/v1/data-files", "FILE", "file", "data_files"),
    _Object("/domo/data-files/v1", "FILE", "file", "data_files"),
    _Object("/api/data/v2/datasources", "DATA_SOURCE", "DataSet"),
    _Object("/api/data/v3/datasources", "DATA_SOURCE", "DataSet"),
    _Object("/api/data/ui/v3/datasources", "DATA_SOURCE", "DataSet"),
    _Object("/api/content/v1/datasources", "DATA_SOURCE", "DataSet"),
    _Object("/api/query/v1/datasources", "DATA_SOURCE", "DataSet"),
    _Object("/api/query/v1/execute/export", "DATA_SOURCE", "DataSet", post="EXPORTED"),
    _Object("/api/query/v1/execute", "DATA_SOURCE", "DataSet", post="QUERIED"),
    _Object("/api/query/v1/export", "DATA_SOURCE", "DataSet", post="EXPORTED"),
    _Object("/api/query/v1/data-control", "DATA_SOURCE", "DataSet"),
    _Object("/api/query/v2/data-control", "DATA_SOURCE", "DataSet"),
    _Object("/api/query/migration", "DATA_SOURCE", "DataSet", post="UPDATED"),
    _Object("/api/query/v1/functions/template", "BEAST_MODE_FORMULA", "Beast Mode", "beast_modes"),
    _Object("/api/query/v1/functions/bulk", "BEAST_MODE_FORMULA", "Beast Mode", "beast_modes", post="UPDATED"),
    _Object("/api/query/v1/functions", "BEAST_MODE_FORMULA", "Beast Mode", "beast_modes"),
    _Object("/api/content/v1/cards/kpi", "CARD", "card", "cards"),
    _Object("/api/content/v1/cards", "CARD", "card", "cards"),
    _Object("/api/content/v2/cards", "CARD", "card", "cards"),
    _Object("/api/content/v3/cards", "CARD", "card", "cards"),
    _Object("/api/content/v1/share/page", "PAGE", "page", "pages"),
    _Object("/api/content/v1/pages", "PAGE", "page", "pages"),
    _Object("/api/content/v3/stacks", "PAGE", "page", "pages"),
    _Object("/api/content/v1/dataapps", "DATA_APP", "app", "data_apps"),
    _Object("/api/content/v1/share", "CONTENT", "content", post="SHARED"),
    _Object("/api/content/v1/reportschedules", "REPORT_SCHEDULE", "scheduled report", "report_schedules"),
    _Object("/api/codeengine/v2/packages", "CODEENGINE_PACKAGE", "Code Engine package", post="EXECUTED"),
    _Object("/api/dataprocessing/v1/dataflows", "DATAFLOW_TYPE", "DataFlow", "dataflows"),
    _Object("/api/dataprocessing/v2/dataflows", "DATAFLOW_TYPE", "DataFlow", "dataflows", post="VIEWED"),
    _Object(
        "/api/datastores/v1/collections/query",
        "MAGNUM_COLLECTION",
        "AppDB collection",
        "appdb_collections",
        post="VIEWED",
    ),
    _Object("/api/datastores/v1/collections", "MAGNUM_COLLECTION", "AppDB collection", "appdb_collections"),
    _Object("/api/datastores/{version}/collections", "MAGNUM_COLLECTION", "AppDB collection", "appdb_collections"),
    _Object("/api/datastores/v2/collections", "MAGNUM_COLLECTION", "AppDB collection", "appdb_collections"),
    _Object("/api/datastores/v1", "MAGNUM_DATASTORE", "AppDB datastore", "datastores"),
    _Object("/api/apps/v1/designs", "RYUU_APP", "custom app"),
    _Object("/api/apps/v1/instances", "RYUU_APP", "custom app"),
    _Object("/api/executor/v1/applications", "EXECUTOR_APPLICATION", "application", "applications"),
    _Object("/api/executor/v2/applications", "EXECUTOR_APPLICATION", "application", "applications"),
    _Object("/api/files/v1/filesets", "FILESET", "FileSet", "filesets"),
    _Object("/api/publish/v2/publication", "PUBLICATION", "publication", "publications"),
    _Object("/api/queues/v1/{queue_id}/tasks", "HOPPER_TASK", "task", "tasks"),
    _Object("/api/queues/v1/tasks", "HOPPER_TASK", "task", "tasks"),
    _Object("/api/queues/v1", "HOPPER_QUEUE", "queue", "queues"),
    _Object("/api/social/v4/alerts", "ALERT", "alert", "alerts"),
    _Object("/api/workflow/v1/instances", "WORKFLOW_INSTANCE", "workflow", "workflow_instances", post="STARTED"),
    _Object("/api/workflow/v1/models", "WORKFLOW_MODEL", "workflow model", "workflow_models"),
    _Object("/api/workflow/v2/models", "WORKFLOW_MODEL", "workflow model", "workflow_models"),
    _Object("/api/workflow/v2/executions", "WORKFLOW_MODEL", "workflow model", "workflow_models"),
    _Object("/api/workflow/v2/triggers", "WORKFLOW_MODEL", "workflow model"),
    _Object("/domo/workflow/v1/models", "WORKFLOW_MODEL", "workflow model", "workflow_models"),
    _Object("/api/ai/", "AI_SERVICE", "AI service", post="QUERIED"),
    _Object("/api/search/", "SEARCH", "search"),
)
_CERTIFIED = {
    "CARD": _Object("", "CARD", "card", "cards"),
    "DATA_SOURCE": _Object("", "DATA_SOURCE", "DataSet"),
}
# The actions of routes that do not read by GET.
_BY_LAST_WORD = {
    "search": "VIEWED",
    "list": "VIEWED",
    "definition": "VIEWED",
    "adminsummary": "VIEWED",
    "card-email-data": "VIEWED",
    "bulk": "VIEWED",
    "check": "VIEWED",
    "delete": "DELETED",
    "directpermissions": "VIEWED",
    "restore": "UPDATED",
    "run": "STARTED",
    "rerun": "STARTED",
    "abort": "CANCELLED",
    "query": "QUERIED",
    "share": "SHARED",
    "duplicate": "CREATED",
    "start": "STARTED",
    "executions": "STARTED",
    "cancel": "CANCELLED",
    "complete": "COMPLETED",
    "sendnow": "SENT",
    "sendNow": "SENT",
    "render": "VIEWED",
    "ACTIVE": "CERTIFIED",
}
_VERBS = {"LOGGEDIN": "logged in"}
# Steps of an upload, and requests for a job's state, would outnumber all other entries.
_STEPS = ("/parts/{part}", "/statuses")


@frozen
class _Rule:
    """The activity of the calls of one method and route.

    Attributes:
        action: The action.
        object: The type of object.
        key: The part of the path that holds the object's id, if there is one.
    """

    action: str
    object: _Object
    key: str | None


@frozen
class _Subject:
    """The object of a call, as its handler states it; empty if the call is not to be logged."""

    object_id: str | None = None
    name: str | None = None


_SUBJECT = request_key("subject", _Subject)
_UNSAID = _Subject()


def about(request: web.Request, object_id: object, name: str | None) -> None:
    """State the object of a call whose path does not contain it, or which deletes it.

    Args:
        request: The request.
        object_id: The id of the object that was created or deleted.
        name: The object's name.
    """
    request[_SUBJECT] = _Subject(str(object_id), name)


def leave_out(request: web.Request) -> None:
    """Exclude a call from the log, as it had no effect."""
    request[_SUBJECT] = _UNSAID


def note(instance: Instance, request: web.Request, status: int) -> None:
    """Log a call that was answered."""
    resource = request.match_info.route.resource
    rule = None if resource is None else _rule(request.method, resource.canonical)
    subject = request.get(_SUBJECT)
    if rule is None or status >= 400 or subject is _UNSAID:
        return
    described = rule.object
    if described.type == "CERTIFICATION":
        described = _CERTIFIED.get(request.match_info["entity_type"], described)
    if subject is None:
        object_id = None if rule.key is None else request.match_info[rule.key]
        subject = _Subject(object_id, _name(instance, described, object_id))
    put(
        instance,
        user_id=request[CALLER],
        action=rule.action,
        type=described.type,
        noun=described.noun,
        object_id=subject.object_id,
        name=subject.name,
    )


def put(
    instance: Instance,
    *,
    user_id: int,
    action: str,
    type: str,
    noun: str,
    object_id: str | None = None,
    name: str | None = None,
    time: int | None = None,
) -> Record:
    """Add an entry to the log, in place of the oldest one if the log is full.

    Args:
        instance: The instance.
        user_id: The user who acted.
        action: The action.
        type: The object type.
        noun: The word for such an object.
        object_id: The object's id.
        name: The object's name.
        time: The time in milliseconds; by default now.
    """
    number = instance.records.next_id(COLLECTION, 0)
    entry = {
        "number": number,
        "time": millis() if time is None else time,
        "userId": user_id,
        "userName": user_name(instance, user_id),
        "action": action,
        "verb": _VERBS.get(action) or action.lower(),
        "type": type,
        "noun": noun,
        "objectId": object_id,
        "objectName": name,
    }
    return instance.records[COLLECTION].put(number % KEPT, entry)


def _name(instance: Instance, described: _Object, object_id: str | None) -> str | None:
    """Return the name of an object, if it exists and has one."""
    if object_id is None:
        return None
    if described.type == "DATA_SOURCE":
        try:
            return instance.dataset(object_id).name
        except HTTPError:
            return None
    record = None if described.collection is None else instance.records[described.collection].find(object_id)
    if record is None:
        return None
    return next((str(record[key]) for key in ("displayName", "name", "title") if record.get(key)), None)


@lru_cache(maxsize=1024)
def _rule(method: str, template: str) -> _Rule | None:
    """Return the rule for the calls of a method and a route; None if they are not logged."""
    described = next((each for each in OBJECTS if template.startswith(each.prefix)), None)
    if described is None or template.endswith(_STEPS):
        return None
    words = [word for word in template.removeprefix(described.prefix).rstrip(")").split("/") if word]
    return _Rule(_action(described, method, words), described, _id_key(described, words))


def _action(described: _Object, method: str, words: list[str]) -> str:
    """Return the action of a call, by its method and the words of its route below the object's path."""
    last = words[-1] if words else ""
    own = not words or words == ["bulk"] or (len(words) == 1 and _is_key(last))
    if described.type == "CERTIFICATION" and method == "DELETE":
        return "DECERTIFIED"
    if method == "GET":
        return "DOWNLOADED" if last == "download" else "VIEWED"
    if method == "DELETE":
        return "DELETED" if own else "UPDATED"
    if last in _BY_LAST_WORD:
        return _BY_LAST_WORD[last]
    if method == "POST" and words == ["bulk"]:
        return "VIEWED"
    if method == "POST" and (described.post != "CREATED" or not any(map(_is_key, words))):
        return described.post
    return "UPDATED"


def _is_key(word: str) -> bool:
    return word.startswith("{")


def _id_key(described: _Object, words: list[str]) -> str | None:
    """Return the key of the object's id: directly below its path, or recognised by its name."""
    keys = [word[1:-1] for word in words if _is_key(word)]
    if described.type == "DATA_SOURCE":
        return next((key for key in keys if key in {"dataset_id", "datasource_id", "id"}), None)
    return keys[0] if words and _is_key(words[0]) else None

"""Users: E116, E174 to E178, and what other clients describe."""

from __future__ import annotations

from attrs import evolve

from domo_async._endpoints.users.models import NewUser, User, UserChange, UserFilter, UserProfile, UserSession
from domo_async._endpoints.users.offboarding import (
    OffboardingAction,
    OffboardingKind,
    OffboardingPlan,
    OffboardingStep,
    OwnedThing,
)
from tests.contract.row import Row, Sent, documented, refusal, searched, whole

_ADA = {"id": 27, "displayName": "Ada Lovelace", "userName": "ada", "emailAddress": "ada@example.com", "roleId": 4}

ROLES = Sent(
    "GET",
    "/api/authorization/v1/roles",
    query={"limit": "100", "offset": "0"},
    answer=whole([{"id": 4, "name": "D"}, {"id": 5, "name": "E"}]),
)

_OWNED = Sent(
    "GET",
    "/api/data/v3/datasources",
    query={"ownerId": "27", "limit": "50", "offset": "0"},
    answer=whole({"dataSources": [{"id": "d-1", "name": "Orders", "owner": {"id": "27", "type": "USER"}}]}),
)
_HANDED_OVER = (
    Sent("PUT", "/api/data/v2/datasources/responsible-user/31", json=["d-1"]),
    evolve(_OWNED, answer=whole({"dataSources": []})),
)
_PLAN = OffboardingPlan(
    27,
    None,
    User(id=31),
    "keep",
    False,
    (
        OffboardingStep(
            OffboardingKind.DATASET,
            OffboardingAction.HAND_OVER,
            (OwnedThing(OffboardingKind.DATASET, "d-1", "Orders"),),
        ),
    ),
)

ROWS = [
    Row(
        "E174",
        lambda domo: domo.users.create(display_name="Ada Lovelace", email_address="ada@example.com", role_id=5),
        Sent(
            "POST",
            "/api/identity/v1/users",
            json={"displayName": "Ada Lovelace", "emailAddress": "ada@example.com", "roleId": 5},
            answer=documented("E174"),
        ),
        gives=User,
    ),
    Row(
        "E175",
        lambda domo: domo.users.get(27, parts="DETAILED"),
        Sent("GET", "/api/identity/v1/users/27", query={"parts": "DETAILED"}, answer=documented("E175")),
        gives=User,
        says=lambda answer: answer["users"][0],
    ),
    Row(
        "E116",
        lambda domo: domo.users.get(3817263817, parts="detailed"),
        Sent("GET", "/api/identity/v1/users/3817263817", query={"parts": "detailed"}, answer=documented("E116")),
        gives=User,
        says=lambda answer: answer[0],
    ),
    Row(
        "E176",
        lambda domo: domo.users.list(parts="DETAILED").all(),
        Sent(
            "GET",
            "/api/identity/v1/users",
            query={"parts": "DETAILED", "limit": "100", "offset": "0"},
            answer=documented("E175"),
        ),
        gives=User,
        says=lambda answer: answer["users"],
    ),
    Row(
        "E176",
        lambda domo: domo.users.list().all(),
        Sent("GET", "/api/identity/v1/users", query={"limit": "100", "offset": "0"}, answer=documented("E116")),
        gives=User,
        note="as a bare list",
    ),
    Row(
        "E177",
        lambda domo: domo.users.update(27, role_id=5),
        Sent("PATCH", "/api/identity/v1/users/27", json={"roleId": 5}, answer=documented("E174")),
        gives=User,
    ),
    Row(
        "E177",
        lambda domo: domo.users.update(27, attributes={"title": ["Countess"]}),
        Sent(
            "PATCH",
            "/api/identity/v1/users/27",
            json={"attributes": [{"key": "title", "values": ["Countess"]}]},
            answer=documented("E174"),
        ),
        gives=User,
        note="with attributes",
    ),
    Row(
        "E178",
        lambda domo: domo.users.delete(27),
        Sent("DELETE", "/api/identity/v1/users/27", answer=whole(1)),
        gives=bool,
    ),
    Row(
        "extra: Authentication, Who am I",
        lambda domo: domo.users.me(),
        Sent(
            "GET",
            "/api/content/v2/users/me",
            answer=whole(
                {
                    "id": 27,
                    "displayName": "Ada Lovelace",
                    "userName": "ada@example.com",
                    "emailAddress": "ada@example.com",
                    "accepted": True,
                    "userType": "USER",
                    "modified": 1679007751000,
                    "created": 1679007751,
                    "active": True,
                    "pending": False,
                    "anonymous": False,
                    "systemUser": False,
                    "roleId": 5,
                    "invitorUserId": 1,
                    "detail": {"email": "ada@example.com"},
                }
            ),
        ),
        gives=UserProfile,
    ),
    Row(
        "extra: Users, Search users",
        lambda domo: domo.users.search(
            text="ada",
            filters=[UserFilter("department", ["Sales", "Support"]), UserFilter("roleId", [5])],
            ids=[27],
            parts=["DETAILED"],
            attributes=["title"],
            sort_by="created",
            ascending=False,
            include_deleted=True,
            page_size=100,
        ).all(),
        Sent(
            "POST",
            "/api/identity/v1/users/search",
            json={
                "showCount": True,
                "includeDeleted": True,
                "includeSupport": False,
                "sort": {"field": "created", "order": "DESC"},
                "filters": [
                    {"filterType": "text", "text": "ada"},
                    {
                        "filterType": "value",
                        "field": "department",
                        "values": ["Sales", "Support"],
                        "operator": "EQ",
                    },
                    {"filterType": "value", "field": "roleId", "values": [5], "operator": "EQ"},
                ],
                "ids": ["27"],
                "parts": ["DETAILED"],
                "attributes": ["title"],
                "limit": 100,
                "offset": 0,
            },
            answer=documented("E175"),
        ),
        gives=User,
        says=lambda answer: answer["users"],
    ),
    Row(
        "extra: Users, Search users",
        lambda domo: domo.users.search().all(),
        Sent(
            "POST",
            "/api/identity/v1/users/search",
            json={
                "showCount": True,
                "includeDeleted": False,
                "includeSupport": False,
                "sort": {"field": "displayName", "order": "ASC"},
                "filters": [],
                "limit": 200,
                "offset": 0,
            },
            answer=whole({"users": [], "count": 0}),
        ),
        gives=lambda found: found == [],
        note="of all users",
    ),
    Row(
        "extra: Users, Create in bulk",
        lambda domo: domo.users.create_many(
            [NewUser("Ada", "Ada@example.com", 5), NewUser("Bob", "bob@example.com", 4)], exists="update", concurrency=1
        ),
        (
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"parts": "DETAILED", "limit": "100", "offset": "0"},
                answer=whole({"users": [_ADA]}),
            ),
            evolve(ROLES, beside=True),
            Sent(
                "PATCH",
                "/api/identity/v1/users/27",
                json={"displayName": "Ada", "roleId": 5},
                answer=whole({**_ADA, "displayName": "Ada", "roleId": 5}),
            ),
            Sent(
                "POST",
                "/api/identity/v1/users",
                json={"displayName": "Bob", "emailAddress": "bob@example.com", "roleId": 4},
                answer=whole({"id": 28, "displayName": "Bob", "emailAddress": "bob@example.com", "roleId": 4}),
            ),
        ),
        gives=lambda report: ["updated", "created"] == [result.outcome for result in report],
    ),
    Row(
        "extra: Users, Create in bulk",
        lambda domo: domo.users.create_many([NewUser("Bob", "bob@example.com", 4)]),
        (
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"parts": "DETAILED", "limit": "100", "offset": "0"},
                answer=whole({"users": [_ADA]}),
            ),
            evolve(ROLES, beside=True),
            Sent(
                "POST",
                "/api/identity/v1/users",
                json={"displayName": "Bob", "emailAddress": "bob@example.com", "roleId": 4},
                status=500,
            ),
            Sent(
                "POST",
                "/api/identity/v1/users/search",
                json={
                    "showCount": True,
                    "includeDeleted": False,
                    "includeSupport": False,
                    "sort": {"field": "displayName", "order": "ASC"},
                    "filters": [{"filterType": "text", "text": "bob@example.com"}],
                    "limit": 200,
                    "offset": 0,
                },
                answer=whole(
                    {
                        "users": [
                            {"id": 28, "displayName": "Bob", "emailAddress": "Bob@example.com", "roleId": 4},
                        ],
                        "count": 1,
                    }
                ),
            ),
        ),
        gives=lambda report: [("created", 28)] == [(result.outcome, result.value.id) for result in report],
        note="with an answer that says neither",
    ),
    Row(
        "extra: Users, Update in bulk",
        lambda domo: domo.users.update_many([UserChange(28, role_id=4, attributes={"title": ["Clerk"]})]),
        (
            Sent(
                "GET", "/api/identity/v1/users/28", query={"parts": "DETAILED"}, answer=whole({"users": [{"id": 28}]})
            ),
            ROLES,
            Sent(
                "PATCH",
                "/api/identity/v1/users/28",
                json={"roleId": 4, "attributes": [{"key": "title", "values": ["Clerk"]}]},
                answer=whole({"id": 28, "roleId": 4, "attributes": [{"key": "title", "values": ["Clerk"]}]}),
            ),
        ),
        gives=lambda report: ["updated"] == [result.outcome for result in report],
    ),
    Row(
        "extra: Users, Update in bulk",
        lambda domo: domo.users.update_many([UserChange(number, role_id=4) for number in range(27, 48)], dry_run=True),
        (
            Sent(
                "GET",
                "/api/identity/v1/users",
                query={"parts": "DETAILED", "limit": "100", "offset": "0"},
                answer=whole({"users": [_ADA, *({"id": number} for number in range(28, 48))]}),
            ),
            ROLES,
        ),
        gives=lambda report: ["unchanged", *["updated"] * 20] == [result.outcome for result in report],
        note="of more than a few",
    ),
    Row(
        "extra: Users, Delete in bulk",
        lambda domo: domo.users.delete_many([27]),
        (
            Sent("GET", "/api/identity/v1/users/27", query={"parts": "DETAILED"}, answer=whole({"users": [_ADA]})),
            Sent("DELETE", "/api/identity/v1/users/27", answer=whole(1)),
        ),
        gives=lambda report: ["deleted"] == [result.outcome for result in report],
    ),
    Row(
        "extra: Users, Delete in bulk",
        lambda domo: domo.users.delete_many(["27"]),
        Sent("GET", "/api/identity/v1/users/27", query={"parts": "DETAILED"}, status=404, answer=refusal(404)),
        gives=lambda report: ["skipped"] == [result.outcome for result in report],
        note="of somebody who is not there",
    ),
    Row(
        "extra: Users, Create user (v3)",
        lambda domo: domo.users.create(
            display_name="Ada", email_address="ada@example.com", role_id=5, send_invite=False
        ),
        Sent(
            "POST",
            "/api/content/v3/users",
            query={"sendInvite": "false"},
            json={"displayName": "Ada", "detail": {"email": "ada@example.com"}, "roleId": 5},
            answer=whole({"id": 27, "displayName": "Ada", "roleId": 5, "detail": {"email": "ada@example.com"}}),
        ),
        gives=lambda user: (user.id, user.email_address, user.role_id) == (27, "ada@example.com", 5),
    ),
    Row(
        "extra: Users, Create user (v3)",
        lambda domo: domo.users.create(
            display_name="Ada", email_address="ada@example.com", role_id=5, send_invite=True
        ),
        (
            Sent(
                "POST",
                "/api/content/v3/users",
                query={"sendInvite": "true"},
                json={"displayName": "Ada", "detail": {"email": "ada@example.com"}, "roleId": 5},
            ),
            Sent(
                "POST",
                "/api/identity/v1/users/search",
                body=lambda body: b"ada@example.com" in body,
                answer=whole({"users": [{"id": 27, "emailAddress": "Ada@example.com"}], "count": 1}),
            ),
        ),
        gives=lambda user: user.id == 27,
        note="whose answer does not tell the user",
    ),
    Row(
        "extra: Users, Get user (v3)",
        lambda domo: domo.users.profile(27),
        Sent(
            "GET",
            "/api/content/v3/users/27",
            query={"includeDetails": "true"},
            answer=whole(
                {
                    "id": 27,
                    "invitorUserId": 1,
                    "displayName": "Ada",
                    "userName": "ada@example.com",
                    "emailAddress": "ada@example.com",
                    "accepted": False,
                    "userType": "USER",
                    "modified": 1711216167779,
                    "created": 1679007751,
                    "active": True,
                    "pending": True,
                    "anonymous": False,
                    "systemUser": False,
                    "roleId": 5,
                    "role": "Clerk",
                    "rights": 1,
                    "timeZone": "UTC",
                }
            ),
        ),
        gives=UserProfile,
    ),
    Row(
        "seen: Users, List users (v3)",
        lambda domo: domo.users.profiles(active=True).all(),
        Sent(
            "GET",
            "/api/content/v3/users",
            query={"active": "true", "limit": "100", "offset": "0"},
            answer=whole(
                [
                    {
                        "detail": {"email": "ada@example.com"},
                        "displayName": "Ada",
                        "id": 27,
                        "invitorUserId": 1,
                        "role": "Clerk",
                        "roleId": 5,
                    }
                ]
            ),
        ),
        gives=UserProfile,
    ),
    Row(
        "extra: Users, Reset password",
        lambda domo: domo.users.set_password(27, password="new-and-secret"),
        Sent(
            "PUT",
            "/api/identity/v1/password",
            json={"domoUserId": "27", "password": "new-and-secret"},
            answer=b"{}",
        ),
    ),
    Row(
        "seen: Users, Let a user no longer log in",
        lambda domo: domo.users.deactivate(27),
        (
            Sent(
                "GET",
                "/api/content/v3/users/27",
                query={"includeDetails": "true"},
                answer=whole({"id": 27, "displayName": "Ada", "roleId": 5, "detail": {"title": "Clerk"}}),
            ),
            Sent(
                "PUT",
                "/api/content/v3/users",
                json={"id": 27, "displayName": "Ada", "roleId": 5, "detail": {"title": "Clerk", "active": False}},
            ),
            Sent(
                "GET",
                "/api/content/v3/users/27",
                query={"includeDetails": "true"},
                answer=whole({"id": 27, "displayName": "Ada", "roleId": 5, "detail": {"active": False}}),
            ),
        ),
        gives=UserProfile,
    ),
    Row(
        "seen: Users, Logins",
        lambda domo: domo.users.sessions().all(),
        Sent(
            "GET",
            "/api/sessions/v1/admin",
            query={"limit": "1000000"},
            answer=whole([{"id": 1, "userId": "27", "tokenType": "sss", "ip": "10.0.0.1", "customerId": "acme"}]),
        ),
        gives=UserSession,
    ),
    Row(
        "seen: Users, End a login",
        lambda domo: domo.users.end_session(1),
        Sent("DELETE", "/api/sessions/v1/admin/1", status=204),
    ),
    *(
        Row(
            "bulk: Users, Offboarding",
            call,
            (
                searched(
                    "ada@example.com",
                    "grace@example.com",
                    users=[_ADA, {**_ADA, "id": 31, "emailAddress": "grace@example.com"}],
                ),
                Sent("GET", "/api/content/v2/users/me", answer=whole({"id": 1, "displayName": "Admin"})),
                Sent(
                    "GET",
                    "/api/content/v3/users/31",
                    query={"includeDetails": "true"},
                    answer=whole({"id": 31, "displayName": "Grace"}),
                ),
                _OWNED,
                *sends,
            ),
            gives=gives,
            note=note,
        )
        for note, call, sends, gives in (
            (
                "planned",
                lambda domo: domo.users.plan_offboarding("ada@example.com", to="grace@example.com", kinds=["dataset"]),
                (),
                lambda plan: (plan.leaver_id, plan.to.id, plan.counts) == (27, 31, {"dataset": 1}),
            ),
            (
                "done",
                lambda domo: domo.users.offboard("ada@example.com", to="grace@example.com", kinds=["dataset"]),
                _HANDED_OVER,
                lambda report: report.complete and [str(each.input.id) for each in report] == ["d-1"],
            ),
        )
    ),
    Row(
        "bulk: Users, Offboarding",
        lambda domo: domo.users.carry_out_offboarding(_PLAN),
        _HANDED_OVER,
        gives=lambda report: report.complete and not report.dry_run,
        note="as planned",
    ),
]

"""Groups: E115, E117 to E120, and what other clients describe."""

from __future__ import annotations

from datetime import UTC, datetime

from domo_async._endpoints.groups.models import CreatedGroup, Group, GroupUser, ListedGroup, Member
from tests.contract.row import Row, Sent, documented, searched, whole

SALES = {"expression": {"operator": "AND", "operands": [{"key": "DEPARTMENT", "value": "Sales"}]}}

ROWS = [
    Row(
        "E115",
        lambda domo: domo.groups.get(6789456782),
        Sent("GET", "/api/content/v2/groups/6789456782", answer=documented("E115")),
        gives=Group,
    ),
    Row(
        "E117",
        lambda domo: domo.groups.create(name="New Group", description="This is a new group", type="closed"),
        Sent(
            "POST",
            "/api/content/v2/groups",
            json={"name": "New Group", "description": "This is a new group", "type": "closed"},
            answer=whole({"id": "123123123"}),
        ),
        gives=CreatedGroup,
    ),
    Row(
        "E118",
        lambda domo: domo.groups.add_member(12, 34),
        Sent("PUT", "/api/content/v2/groups/12/user/34", answer=whole(answer=True)),
        gives=bool,
    ),
    Row(
        "E119",
        lambda domo: domo.groups.remove_member(12, 34),
        Sent("DELETE", "/api/content/v2/groups/12/removeuser/34", answer=whole(answer=True)),
        gives=bool,
    ),
    Row(
        "E120",
        lambda domo: domo.groups.remove_members(1231231232, members=[112321221, Member(7, "GROUP")]),
        Sent(
            "PUT",
            "/api/content/v2/groups/access",
            json=[
                {
                    "groupId": "1231231232",
                    "removeMembers": [{"type": "USER", "id": "112321221"}, {"type": "GROUP", "id": "7"}],
                }
            ],
            answer=whole(answer=True),
        ),
        gives=bool,
    ),
    Row(
        "extra: Groups, List groups",
        lambda domo: domo.groups.list(
            search="buy", owner_id=27, member_id=34, sort_by="name", ascending=True, limit=10
        ).all(),
        Sent(
            "GET",
            "/api/content/v2/groups/grouplist",
            query={
                "search": "buy",
                "owner": "27",
                "members": "34",
                "sort": "name",
                "ascending": "true",
                "limit": "10",
                "offset": "0",
            },
            answer=whole(
                [
                    {
                        "name": "Buyers",
                        "groupId": 12,
                        "owners": [{"type": "USER", "id": 27, "displayName": "Ada Lovelace"}],
                        "groupType": "closed",
                        "groupMembers": [{"type": "GROUP", "id": 7, "displayName": "Planners"}],
                        "memberCount": 1,
                        "created": "2023-06-08 20:59:05.0",
                        "description": "",
                    }
                ]
            ),
        ),
        gives=ListedGroup,
    ),
    Row(
        "extra: Groups, Update groups",
        lambda domo: domo.groups.update(12, name="Buyers", type="open", description="Who buys"),
        Sent(
            "PUT",
            "/api/content/v2/groups",
            json=[{"groupId": 12, "name": "Buyers", "type": "open", "description": "Who buys"}],
        ),
    ),
    Row(
        "extra: Groups, Delete groups",
        lambda domo: domo.groups.delete(12),
        Sent("DELETE", "/api/content/v2/groups", json=[12]),
    ),
    Row(
        "extra: Groups, Delete groups",
        lambda domo: domo.groups.delete_many(group_ids=[12, "13"]),
        Sent("DELETE", "/api/content/v2/groups", json=[12, "13"]),
    ),
    Row(
        "extra: Groups, Group members",
        lambda domo: domo.groups.members(12).all(),
        Sent(
            "GET",
            "/api/content/v2/groups/users",
            query={"group": "12", "limit": "100", "offset": "0"},
            answer=whole(
                {
                    "groupUserList": [
                        {
                            "userId": 34,
                            "displayName": "Ada Lovelace",
                            "emailAddress": "ada@example.com",
                            "roleId": 5,
                        }
                    ]
                }
            ),
        ),
        gives=GroupUser,
        says=lambda answer: answer["groupUserList"],
    ),
    Row(
        "extra: Groups, Change access",
        lambda domo: domo.groups.add_members(12, members=[34, Member(7, "GROUP")]),
        Sent(
            "PUT",
            "/api/content/v2/groups/access",
            json=[{"groupId": "12", "addMembers": [{"type": "USER", "id": "34"}, {"type": "GROUP", "id": "7"}]}],
            answer=whole(answer=True),
        ),
        gives=bool,
        note="add_members",
    ),
    Row(
        "extra: Groups, Change access",
        lambda domo: domo.groups.add_owners(12, owners=[34, Member(7, "GROUP")]),
        Sent(
            "PUT",
            "/api/content/v2/groups/access",
            json=[{"groupId": "12", "addOwners": [{"type": "USER", "id": "34"}, {"type": "GROUP", "id": "7"}]}],
            answer=whole(answer=True),
        ),
        gives=bool,
        note="add_owners",
    ),
    Row(
        "extra: Groups, Change access",
        lambda domo: domo.groups.remove_owners(12, owners=[34, Member(7, "GROUP")]),
        Sent(
            "PUT",
            "/api/content/v2/groups/access",
            json=[{"groupId": "12", "removeOwners": [{"type": "USER", "id": "34"}, {"type": "GROUP", "id": "7"}]}],
            answer=whole(answer=True),
        ),
        gives=bool,
        note="remove_owners",
    ),
    Row(
        "extra: Groups, Sync members",
        lambda domo: domo.groups.sync_members(12, ["ada@example.com", 34], owners=[Member(7, "GROUP"), 27]),
        (
            searched("ada@example.com", users=[{"id": 27, "emailAddress": "Ada@example.com"}]),
            Sent(
                "GET",
                "/api/content/v2/groups/users",
                query={"group": "12", "limit": "500", "offset": "0"},
                answer=whole({"groupUserList": [{"userId": 34}, {"userId": 35, "displayName": "Bob"}]}),
                beside=True,
            ),
            Sent("GET", "/api/content/v2/groups/12", answer=whole({"id": 12, "name": "Buyers"}), beside=True),
            Sent(
                "GET",
                "/api/content/v2/groups/grouplist",
                query={"search": "Buyers", "limit": "30", "offset": "0"},
                answer=whole([{"name": "Buyers", "groupId": 12, "owners": [{"type": "USER", "id": 1}]}]),
            ),
            Sent("GET", "/api/content/v2/groups/7", answer=whole({"id": 7, "name": "Some"})),
            Sent(
                "PUT",
                "/api/content/v2/groups/access",
                json=[
                    {
                        "groupId": "12",
                        "addMembers": [{"type": "USER", "id": "27"}],
                        "removeMembers": [{"type": "USER", "id": "35"}],
                        "addOwners": [{"type": "GROUP", "id": "7"}, {"type": "USER", "id": "27"}],
                        "removeOwners": [{"type": "USER", "id": "1"}],
                    }
                ],
                answer=whole(answer=True),
            ),
        ),
        gives=lambda report: (
            ["added", "unchanged", "added", "added", "removed", "removed"] == [result.outcome for result in report]
        ),
    ),
    Row(
        "extra: Groups, Sync",
        lambda domo: domo.groups.sync({"Buyers": [34], "Sellers": [34]}, create="open", concurrency=1),
        (
            Sent(
                "GET",
                "/api/content/v2/groups/grouplist",
                query={"limit": "30", "offset": "0"},
                answer=whole([{"name": "Buyers", "groupId": 12}]),
            ),
            Sent(
                "GET",
                "/api/content/v2/groups/users",
                query={"group": "12", "limit": "500", "offset": "0"},
                answer=whole({"groupUserList": [{"userId": 34}]}),
            ),
            Sent(
                "GET", "/api/identity/v1/users/34", query={"parts": "DETAILED"}, answer=whole({"users": [{"id": 34}]})
            ),
            Sent(
                "POST",
                "/api/content/v2/groups",
                json={"name": "Sellers", "type": "open"},
                answer=whole({"id": "13"}),
            ),
            Sent(
                "PUT",
                "/api/content/v2/groups/access",
                json=[{"groupId": "13", "addMembers": [{"type": "USER", "id": "34"}]}],
                answer=whole(answer=True),
            ),
        ),
        gives=lambda report: ["unchanged", "created"] == [result.outcome for result in report],
    ),
    Row(
        "seen: Groups, List groups with conditions",
        lambda domo: domo.groups.list(
            owner_id=27,
            owner_type="USER",
            group_type="closed",
            is_manageable=True,
            created_after=datetime(2025, 1, 1, tzinfo=UTC),
            created_before=datetime(2025, 1, 2, tzinfo=UTC),
            include_full_membership=True,
        ).all(),
        Sent(
            "GET",
            "/api/content/v2/groups/grouplist",
            query={
                "owner": "27",
                "ownerType": "USER",
                "groupType": "closed",
                "isManageable": "true",
                "createdAfter": "1735689600000",
                "createdBefore": "1735776000000",
                "includeFullMembership": "true",
                "limit": "30",
                "offset": "0",
            },
            answer=whole(
                [
                    {
                        "created": "2025-01-01T12:00:00",
                        "description": "All who buy",
                        "groupId": 1234,
                        "groupType": "closed",
                        "memberCount": 2,
                        "name": "Buyers",
                        "owners": [{"displayName": "Ada", "id": "27", "type": "USER"}],
                    }
                ]
            ),
        ),
        gives=ListedGroup,
    ),
    Row(
        "seen: Groups, Update a dynamic group",
        lambda domo: domo.groups.update(5, dynamic_definition=SALES),
        Sent("PUT", "/api/content/v2/groups", json=[{"groupId": 5, "dynamicDefinition": SALES}]),
    ),
    Row(
        "extra: Groups, Group owners",
        lambda domo: domo.groups.owners([5, "6"]),
        Sent(
            "POST",
            "/api/content/v2/groups/permissions",
            query={"includeUsers": "true"},
            json=["5", "6"],
            answer=whole(
                [
                    {"permissions": {"owners": [{"type": "USER", "id": "27", "displayName": "Ada"}]}},
                    {"owners": [{"type": "GROUP", "id": 8, "displayName": "Buyers"}]},
                ]
            ),
        ),
        gives=lambda found: (
            [[(one.type, one.id) for one in owners] for owners in found] == [[("USER", 27)], [("GROUP", 8)]]
        ),
    ),
]

"""Groups: E115, E117 to E120."""

from __future__ import annotations

from domo_async.endpoints.groups import CreatedGroup, Group, Member
from tests.contract.row import Row, Sent, documented, whole

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
]

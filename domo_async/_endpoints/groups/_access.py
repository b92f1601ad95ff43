"""The route that changes the members and owners of groups."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async._endpoints._area import require_list
from domo_async._endpoints.groups.models import Member
from domo_async._transport import Transport, url
from domo_async._wire import payload
from domo_async.errors import DomoError

__all__ = ["change_access", "hand_over_groups", "people_of"]


def people_of(people: Sequence[Member | int | str], name: str) -> list[object]:
    """Return members as the route takes them; a plain number stands for a user."""
    members = [one if isinstance(one, Member) else Member(one) for one in require_list(people, name)]
    return [payload(type=member.type, id=str(member.id)) for member in members]


async def change_access(http: Transport, group_id: int | str, **people: object) -> bool:
    """Add and remove members and owners of a group, and return whether the instance confirms the change."""
    # Domo's documentation shows all identifiers as text.
    change = payload(group_id=str(group_id), **people)
    return await http.request("PUT", url("/api/content/v2/groups/access"), json=[change], into=bool, empty=True)


async def hand_over_groups(http: Transport, group_ids: Sequence[int | str], *, leaver: int, to: int) -> None:
    """Replace one owner of groups with another user, in one request."""
    changes = [
        payload(group_id=str(each), add_owners=people_of([to], "to"), remove_owners=people_of([leaver], "leaver"))
        for each in group_ids
    ]
    if not await http.request("PUT", url("/api/content/v2/groups/access"), json=changes, into=bool, empty=True):
        raise DomoError(
            f"the instance answered that it did not change the owners of groups {', '.join(map(str, group_ids))}"
        )

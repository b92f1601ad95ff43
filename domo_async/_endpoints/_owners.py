"""Owners of content, in the forms that the bulk routes take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domo_async._endpoints._area import require_list
from domo_async._endpoints.groups.models import Member
from domo_async._endpoints.users._directory import user_number
from domo_async._wire import payload

__all__ = ["numbers", "owners_of", "owners_with_text_ids"]


def numbers(ids: Sequence[int | str], name: str) -> list[int]:
    """Return identifiers as numbers.

    Raises:
        ConfigError: The list is empty, or an item is not a number.
    """
    return [user_number(each) for each in require_list(ids, name)]


def owners_of(owners: Sequence[Member | int | str]) -> list[dict[str, Any]]:
    """Return owners as the routes take them; a plain number stands for a user.

    Raises:
        ConfigError: The list is empty, or an item is not an owner.
    """
    named = [one if isinstance(one, Member) else Member(one) for one in require_list(owners, "owners")]
    return [payload(id=user_number(one.id), type=one.type) for one in named]


def owners_with_text_ids(owners: Sequence[Member | int | str]) -> list[dict[str, Any]]:
    """Return owners for the routes that take identifiers as text.

    Raises:
        ConfigError: The list is empty, or an item is not an owner.
    """
    return [{**one, "id": str(one["id"])} for one in owners_of(owners)]

"""Owners of content, as the routes that change many at once take them."""

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
        ConfigError: There are none, or one of them is none.
    """
    return [user_number(each) for each in require_list(ids, name)]


def owners_of(owners: Sequence[Member | int | str]) -> list[dict[str, Any]]:
    """Return owners as the routes take them; a bare number stands for a user.

    Raises:
        ConfigError: There are none, or one of them is none.
    """
    named = [one if isinstance(one, Member) else Member(one) for one in require_list(owners, "owners")]
    return [payload(id=user_number(one.id), type=one.type) for one in named]


def owners_with_text_ids(owners: Sequence[Member | int | str]) -> list[dict[str, Any]]:
    """Return owners as those routes take them that have identifiers as texts.

    Raises:
        ConfigError: There are none, or one of them is none.
    """
    return [{**one, "id": str(one["id"])} for one in owners_of(owners)]

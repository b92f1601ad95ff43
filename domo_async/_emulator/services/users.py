"""The creation of users."""

from __future__ import annotations

from domo_async._emulator.access.people import add_user
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Text
from domo_async._emulator.http.web import whole_number
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["create_user", "free_address", "known_role"]


def create_user(instance: Instance, display_name: str, email: object, role_id: object, *, invited_by: int) -> Record:
    """Create a user; email addresses are unique.

    Raises:
        HTTPError: 400, if the address is taken or invalid, or the role does not exist.
    """
    return add_user(
        instance, display_name, free_address(instance, email), known_role(instance, role_id), invited_by=invited_by
    )


def free_address(instance: Instance, email: object, user_id: object = None) -> str:
    """Return an email address after checking that no other user has it.

    Raises:
        HTTPError: 400, if another user has it, or it is not an email address.
    """
    address = Text(pattern="(?s:.*@.*)", message=f"Not an email address: {email}").check(email)
    wanted = address.lower()
    for user in instance.records["users"]:
        if user["id"] != user_id and str(user.get("emailAddress")).lower() == wanted:
            raise HTTPError(400, f"Another user has the email address {address}")
    return address


def known_role(instance: Instance, role_id: object) -> int:
    """Return the id of an existing role.

    Raises:
        HTTPError: 400, if the role does not exist.
    """
    number = whole_number(role_id, "roleId", 0)
    if number not in instance.records["roles"]:
        raise HTTPError(400, f"The role {role_id} does not exist")
    return number

"""Users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from attrs import frozen

from domo_async.endpoints._area import Area, confirmed, given
from domo_async.errors import APIError
from domo_async.transport import Pager, url
from domo_async.wire import UNSET, Model, NumericId, OpenEnum, Unset, either, payload

__all__ = ["AttributeValue", "User", "UserAttribute", "UserParts", "Users"]

AttributeValue: TypeAlias = str | int | float | bool | None


class UserParts(OpenEnum):
    """How much of a user to give."""

    MINIMAL = "MINIMAL"
    SIMPLE = "SIMPLE"
    DETAILED = "DETAILED"
    GROUPS = "GROUPS"
    ROLE = "ROLE"


@frozen(kw_only=True)
class UserAttribute(Model):
    """A fact about a user.

    Attributes:
        key: Its name, such as ``title``.
        values: What is known, often one value.
    """

    key: str
    values: tuple[AttributeValue, ...] = ()


@frozen(kw_only=True)
class User(Model):
    """A user.

    Attributes:
        id: The user's number.
        display_name: How people see the user.
        user_name: The name to log in by.
        email_address: Where mail goes.
        role_id: The role.
        attributes: Further facts.
        name: Like `display_name`; the Groups page documents it for the same route, with what follows.
        location: Where the user works.
        manager: Whom the user reports to.
        phone_number: A phone number.
        title: A job title.
    """

    id: NumericId
    display_name: str | None = None
    user_name: str | None = None
    email_address: str | None = None
    role_id: NumericId | None = None
    attributes: tuple[UserAttribute, ...] = ()
    name: str | None = None
    location: str | None = None
    manager: str | None = None
    phone_number: str | None = None
    title: str | None = None


@frozen(kw_only=True)
class _UserList(Model):
    users: tuple[User, ...]


# The Users page shows an envelope, the Groups page a bare list for the same route.
_USERS = either(_UserList, tuple[User, ...])


def _users(answer: _UserList | tuple[User, ...]) -> tuple[User, ...]:
    return answer.users if isinstance(answer, _UserList) else answer


class Users(Area):
    """Users."""

    async def create(self, *, display_name: str, email_address: str, role_id: int | str) -> User:
        """Create a user.

        `POST /api/identity/v1/users` (Users API, "Create User").

        Args:
            display_name: How people see the user.
            email_address: Where mail goes; no two users share one.
            role_id: The role.

        Raises:
            BadRequest: The address is taken, or there is no such role.
        """
        return await self._http.request(
            "POST",
            url("/api/identity/v1/users"),
            json=payload(display_name=display_name, email_address=email_address, role_id=role_id),
            into=User,
        )

    async def get(self, user_id: int | str, /, *, parts: UserParts | str | None = None) -> User:
        """Return a user.

        `GET /api/identity/v1/users/{user_id}` (Users API, "Get User By Id"; Groups API, "Fetch User Details").

        Args:
            user_id: The user.
            parts: How much to give.

        Raises:
            NotFound: There is no such user.
        """
        path = url("/api/identity/v1/users/{}", user_id)
        found = _users(await self._http.request("GET", path, params={"parts": parts}, into=_USERS))
        if not found:
            raise APIError.for_status(404, message="the instance gives no user", method="GET", path=path.path)
        return found[0]

    def list(self, *, parts: UserParts | str | None = None) -> Pager[User]:
        """Iterate over all users.

        `GET /api/identity/v1/users` (Users API, "Get All Users"); no pages are documented, so they come in one answer.

        Args:
            parts: How much to give of each.
        """
        return self._http.whole_list(
            "GET", url("/api/identity/v1/users"), params={"parts": parts}, into=_USERS, read=_users
        )

    async def update(
        self,
        user_id: int | str,
        /,
        *,
        display_name: str | Unset = UNSET,
        email_address: str | Unset = UNSET,
        role_id: int | str | Unset = UNSET,
        attributes: Mapping[str, Sequence[AttributeValue]] | Unset = UNSET,
    ) -> User:
        """Change what is given of a user, and leave the rest.

        `PATCH /api/identity/v1/users/{user_id}` (Users API, "Update User").

        Args:
            user_id: The user.
            display_name: How people see the user.
            email_address: Where mail goes.
            role_id: The role.
            attributes: Further facts by name, each with its values, such as ``{"title": ["Clerk"]}``. The page does not
                show them for this route; other clients send them so.

        Raises:
            ConfigError: Nothing is given to change.
            NotFound: There is no such user.
        """
        pairs = (
            attributes
            if isinstance(attributes, Unset)
            else [payload(key=key, values=values) for key, values in attributes.items()]
        )
        body = payload(display_name=display_name, email_address=email_address, role_id=role_id, attributes=pairs)
        # The same values set twice are the same values.
        return await self._http.request(
            "PATCH", url("/api/identity/v1/users/{}", user_id), json=given(body), into=User, idempotent=True
        )

    async def delete(self, user_id: int | str, /) -> bool:
        """Delete a user.

        `DELETE /api/identity/v1/users/{user_id}` (Users API, "Delete User").

        Args:
            user_id: The user.

        Returns:
            Whether the instance says that it did; the page shows a bare ``1``.

        Raises:
            NotFound: There is no such user.
        """
        return confirmed(await self._http.raw("DELETE", url("/api/identity/v1/users/{}", user_id)))

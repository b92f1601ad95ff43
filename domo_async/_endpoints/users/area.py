"""Users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from types import NoneType

from attrs import evolve, frozen

from domo_async._bulk import BulkOptions, BulkProgressCallback, BulkReport
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints._area import Area, SortOrder, require_changes, require_list
from domo_async._endpoints.users import _changes
from domo_async._endpoints.users._directory import user_of_address
from domo_async._endpoints.users._offboarding_engine import offboarding_engine
from domo_async._endpoints.users.models import (
    AttributeValue,
    Exists,
    NewUser,
    User,
    UserChange,
    UserFilter,
    UserParts,
    UserProfile,
    UserSession,
)
from domo_async._endpoints.users.offboarding import (
    LeaverAccount,
    OffboardingKind,
    OffboardingPlan,
    OffboardingReport,
)
from domo_async._frames import ItemTuple
from domo_async._redaction import Secret
from domo_async._transport import BODY, QUERY, PageData, Pager, url
from domo_async._wire import UNSET, Model, Unset, either, payload
from domo_async.errors import APIError, JobFailed, Unresolved

__all__ = ["Users"]


@frozen(kw_only=True)
class _UserList(Model):
    users: tuple[User, ...]
    count: int | None = None


@frozen(kw_only=True)
class _PasswordChange(Model):
    description: str | None = None


# Domo's Users page shows an envelope for this route, the Groups page a bare list.
_USERS = either(_UserList, tuple[User, ...])
_USER_OR_NONE = either(User, NoneType)
_MOST_SESSIONS = 1_000_000


def _users(answer: _UserList | tuple[User, ...]) -> tuple[User, ...]:
    return answer.users if isinstance(answer, _UserList) else answer


def _filters(text: str | None, filters: Sequence[UserFilter]) -> list[object]:
    words = [] if text is None else [payload(filter_type="text", text=text)]
    facts = [
        payload(
            filter_type="value", field=each.field, values=require_list(each.values, "values"), operator=each.operator
        )
        for each in require_list(filters, "filters", may_be_empty=True)
    ]
    return [*words, *facts]


class Users(Area):
    """Users."""

    async def create(
        self, *, display_name: str, email_address: str, role_id: int | str, send_invite: bool | Unset = UNSET
    ) -> User:
        """Create a user.

        `POST /api/identity/v1/users` (Users API, "Create User"). To choose whether the user is invited by mail, the
        library sends `POST /api/content/v3/users`, which is unconfirmed: Domo's documentation does not describe it;
        several independent clients use it. If its answer does not tell the new user,
        `POST /api/identity/v1/users/search` does.

        Example:
            user = await domo.users.create(display_name="Ada", email_address="ada@example.com", role_id=4)

        Args:
            display_name: The display name.
            email_address: The e-mail address, which must be unique.
            role_id: The role.
            send_invite: Whether to send the user an invitation by mail; by default the instance decides.

        Raises:
            BadRequest: The address is taken, or the role does not exist.
            Conflict: The address is taken; instances answer with this or with a BadRequest.
            Unresolved: The user was created, but the instance does not return the user's number.
        """
        if isinstance(send_invite, Unset):
            return await self._http.request(
                "POST",
                url("/api/identity/v1/users"),
                json=payload(display_name=display_name, email_address=email_address, role_id=role_id),
                into=User,
            )
        made = await self._http.request(
            "POST",
            url("/api/content/v3/users"),
            params={"sendInvite": send_invite},
            json=payload(display_name=display_name, detail=payload(email=email_address), role_id=role_id),
            into=_USER_OR_NONE,
            empty=None,
            undocumented=True,
        )
        if made is None:
            made = await user_of_address(self, email_address)
        if made is None:
            raise Unresolved(
                f"user {email_address} was created, but the instance did not return it and it is not found yet;"
                " do not create it again",
                names=[email_address],
            )
        # The answer has the address in another field.
        return evolve(made, email_address=made.email_address or email_address)

    async def get(self, user_id: int | str, /, *, parts: UserParts | str | None = None) -> User:
        """Return a user.

        `GET /api/identity/v1/users/{user_id}` (Users API, "Get User By Id"; Groups API, "Fetch User Details").

        Args:
            user_id: The user.
            parts: The amount of detail to return.

        Raises:
            NotFound: The user does not exist.
        """
        path = url("/api/identity/v1/users/{}", user_id)
        found = _users(await self._http.request("GET", path, params={"parts": parts}, into=_USERS))
        if not found:
            raise APIError.for_status(404, message="the instance did not return a user", method="GET", path=path.path)
        return found[0]

    def list(
        self,
        *,
        parts: UserParts | str | None = None,
        attributes: Sequence[str] | None = None,
        include_deleted: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[User]:
        """Iterate over all users.

        `GET /api/identity/v1/users` (Users API, "Get All Users"). Domo's documentation describes `parts` alone;
        requests with the other parameters were seen. Some instances return at most 100 users per page; an instance that
        returns all users at once is handled, too.

        Example:
            async for user in domo.users.list(attributes=["title"]):
                print(user.id, user.email_address)

        Args:
            parts: The amount of detail to return of each.
            attributes: The attributes to return of each, such as ``title``.
            include_deleted: Whether to include users who were deleted.
            offset: The number of users to skip.
            limit: The most users to return.
            page_size: The number of users per page.

        Raises:
            ConfigError: `attributes` is empty, or a number is out of range.
        """
        return self._http.pages(
            "GET",
            url("/api/identity/v1/users"),
            QUERY,
            paged=False,
            key=attrgetter("id"),
            params={
                "parts": parts,
                "attributes": None if attributes is None else ",".join(require_list(attributes, "attributes")),
                "includeDeleted": include_deleted,
            },
            into=_USERS,
            # Whether a count would be the length of the list or of the page is unknown.
            read=lambda answer: PageData(_users(answer)),
            offset=offset,
            limit=limit,
            page_size=page_size,
            assured=min(page_size, 100),
        )

    async def profile(self, user_id: int | str, /) -> UserProfile:
        """Return a user in the form of the older routes: who invited the user and when, and whether the user accepted.

        `GET /api/content/v3/users/{user_id}`. Seen: samples of instances show it; Domo's documentation does not
        describe it; three independent clients use it.

        Args:
            user_id: The user.

        Raises:
            NotFound: The user does not exist.
        """
        path = url("/api/content/v3/users/{}", user_id)
        return await self._http.request("GET", path, params={"includeDetails": True}, into=UserProfile)

    def profiles(
        self, *, active: bool | None = None, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[UserProfile]:
        """Iterate over all users in the form of the older routes.

        `GET /api/content/v3/users`. Seen: samples of instances show it; Domo's documentation does not describe it.

        Args:
            active: True for the users who can log in, False for the others.
            offset: The number of users to skip.
            limit: The most users to return.
            page_size: The number of users per page.

        Raises:
            ConfigError: A number is out of range.
        """
        return self._http.pages(
            "GET",
            url("/api/content/v3/users"),
            QUERY,
            paged=False,
            key=attrgetter("id"),
            params={"active": active},
            into=ItemTuple[UserProfile],
            read=PageData,
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

    async def set_password(self, user_id: int | str, /, *, password: Secret[str] | str) -> None:
        """Set a user's password, as the user or an administrator.

        `PUT /api/identity/v1/password`. Unconfirmed: Domo's documentation does not describe it; one client uses it.

        Args:
            user_id: The user.
            password: The new password, which is kept out of tracebacks.

        Raises:
            BadRequest: The password is too weak: instances require a certain length and variety.
            NotFound: The user does not exist.
        """
        password = Secret.of(password)
        answer = await self._http.request(
            "PUT",
            url("/api/identity/v1/password"),
            json=payload(domo_user_id=str(user_id), password=password),
            into=_PasswordChange,
            empty=_PasswordChange(),
        )
        if answer.description:
            # The instance refuses with a success status and a reason.
            raise APIError.for_status(400, message=answer.description, method="PUT", path="/api/identity/v1/password")

    async def me(self) -> UserProfile:
        """Return the user that the token belongs to; also useful to check the token.

        `GET /api/content/v2/users/me`. Domo's documentation does not describe it; other clients use it.

        Raises:
            Unauthorized: The token is not valid.
        """
        return await self._http.request("GET", url("/api/content/v2/users/me"), into=UserProfile)

    def search(
        self,
        *,
        text: str | None = None,
        filters: Sequence[UserFilter] = (),
        ids: Sequence[int | str] | None = None,
        parts: Sequence[UserParts | str] | None = None,
        attributes: Sequence[str] | None = None,
        sort_by: str = "displayName",
        ascending: bool = True,
        include_deleted: bool = False,
        include_support: bool = False,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 200,
    ) -> Pager[User]:
        """Iterate over the users who match all given conditions.

        `POST /api/identity/v1/users/search`. Domo's documentation does not describe it; other clients use it.

        Example:
            async for user in domo.users.search(text="ada", filters=[UserFilter("department", ["Sales"])]):
                print(user.id, user.display_name)

        Args:
            text: Text that the names or addresses must contain.
            filters: Conditions on the fields.
            ids: Only these users.
            parts: The amount of detail to return of each.
            attributes: The attributes to return of each, such as ``title``.
            sort_by: The field to sort by.
            ascending: Whether to sort in ascending order.
            include_deleted: Whether to include users who were deleted.
            include_support: Whether to include Domo's support users.
            offset: The number of users to skip.
            limit: The most users to return.
            page_size: The number of users per page.

        Raises:
            ConfigError: A list is empty, or a number is out of range.
        """
        return self._http.pages(
            "POST",
            url("/api/identity/v1/users/search"),
            BODY,
            json=payload(
                show_count=True,
                include_deleted=include_deleted,
                include_support=include_support,
                sort=payload(field=sort_by, order=SortOrder.of(ascending=ascending)),
                filters=_filters(text, filters),
                ids=UNSET if ids is None else [str(each) for each in require_list(ids, "ids")],
                parts=UNSET if parts is None else require_list(parts, "parts"),
                attributes=UNSET if attributes is None else require_list(attributes, "attributes"),
            ),
            key=attrgetter("id"),
            into=_UserList,
            read=lambda answer: PageData(answer.users, total=answer.count),
            offset=offset,
            limit=limit,
            page_size=page_size,
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
        """Change the given fields of a user; the others stay as they are.

        `PATCH /api/identity/v1/users/{user_id}` (Users API, "Update User").

        Example:
            await domo.users.update(27, role_id=4, attributes={"title": ["Clerk"]})

        Args:
            user_id: The user.
            display_name: The display name.
            email_address: The e-mail address.
            role_id: The role.
            attributes: Further attributes by name, each with its values, such as ``{"title": ["Clerk"]}``. Domo's
                documentation does not show them for this route; other clients send them so.

        Raises:
            ConfigError: No change was given.
            NotFound: The user does not exist.
        """
        pairs = (
            attributes
            if isinstance(attributes, Unset)
            else [payload(key=key, values=values) for key, values in attributes.items()]
        )
        body = payload(display_name=display_name, email_address=email_address, role_id=role_id, attributes=pairs)
        # Setting the same values twice has the same result.
        return await self._http.request(
            "PATCH", url("/api/identity/v1/users/{}", user_id), json=require_changes(body), into=User, idempotent=True
        )

    async def deactivate(self, user_id: int | str, /) -> UserProfile:
        """Deactivate a user, who can then no longer log in, and check that the instance did so.

        `PUT /api/content/v3/users` with the answer of `GET /api/content/v3/users/{user_id}`, with ``active`` changed in
        the details; then the GET again. Unconfirmed: samples of instances show both routes, but no source says that the
        first one deactivates.

        Args:
            user_id: The user.

        Returns:
            The user, who is now inactive.

        Raises:
            JobFailed: The instance accepted the change, but does not report that the user is inactive.
            NotFound: The user does not exist.
        """
        path = url("/api/content/v3/users/{}", user_id)
        known = await self._http.request("GET", path, params={"includeDetails": True}, into=dict[str, object])
        given = known.get("detail")
        detail = {**given, "active": False} if isinstance(given, dict) else {"active": False}
        await self._http.request("PUT", url("/api/content/v3/users"), json={**known, "detail": detail})
        profile = await self.profile(user_id)
        if profile.is_active is not False:
            raise JobFailed(
                f"the instance accepted the deactivation of user {user_id}, but does not report the user as inactive;"
                " check the user's page in the administration of the instance",
                state="active",
            )
        return profile

    def sessions(self, *, limit: int | None = None) -> Pager[UserSession]:
        """Iterate over the active sessions of all users; requires an administrator.

        `GET /api/sessions/v1/admin`. Seen: samples of instances show it; Domo's documentation does not describe it. It
        takes a ``limit`` whose default is unknown, so a large one is sent.

        Args:
            limit: The most sessions to return.
        """
        return self._http.whole_list(
            "GET",
            url("/api/sessions/v1/admin"),
            params={"limit": _MOST_SESSIONS if limit is None else limit},
            into=ItemTuple[UserSession],
            read=tuple,
        )

    async def end_session(self, session_id: int | str, /) -> None:
        """End a session; the user has to log in again.

        `DELETE /api/sessions/v1/admin/{session_id}`. Seen: samples of instances show it; Domo's documentation does not
        describe it.

        Args:
            session_id: The session's `UserSession.id`.

        Raises:
            NotFound: The session does not exist.
        """
        await self._http.request("DELETE", url("/api/sessions/v1/admin/{}", session_id))

    async def delete(self, user_id: int | str, /) -> bool:
        """Delete a user.

        `DELETE /api/identity/v1/users/{user_id}` (Users API, "Delete User").

        Args:
            user_id: The user.

        Returns:
            Whether the instance confirms the deletion; Domo's documentation shows a bare ``1``.

        Raises:
            NotFound: The user does not exist.
        """
        return await self._http.request("DELETE", url("/api/identity/v1/users/{}", user_id), into=bool, empty=True)

    async def create_many(
        self,
        users: Sequence[NewUser],
        /,
        *,
        exists: Exists = "skip",
        send_invite: bool | Unset = UNSET,
        dry_run: bool = False,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[NewUser, User]:
        """Create many users and report on each; one that fails does not stop the others.

        If an answer is lost, the user is looked up by address, so that no user is created twice or wrongly reported as
        failed. It is safe to run again.

        `GET /api/identity/v1/users` (Users API, "Get All Users") and `GET /api/authorization/v1/roles` (Roles
        Governance API, "Get All Roles"), then `POST /api/identity/v1/users` (Users API, "Create User") or
        `POST /api/content/v3/users` for each, with `POST /api/identity/v1/users/search` if the outcome is in doubt and
        `PATCH /api/identity/v1/users/{user_id}` (Users API, "Update User") for ``update``.

        Example:
            report = await domo.users.create_many([NewUser("Ada", "ada@example.com", 4)], dry_run=True)
            print(report)

        Args:
            users: The users.
            exists: The action for an address that already belongs to a user: ``skip`` it, ``update`` that user's name
                and role, or report a failure (``fail``).
            send_invite: Whether to send new users an invitation by mail; see `create`.
            dry_run: Whether to only read, and report the changes that would be made.
            concurrency: The most users to process at once.
            stop_on_error: Whether to start no further users after one has failed.
            progress: Called with the progress after each user.

        Raises:
            ConfigError: An address is invalid or repeated, or a name or a role is missing; nothing was sent.
        """
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _changes.create_many(self, self._http, users, exists, options, send_invite=send_invite)

    async def update_many(
        self,
        changes: Sequence[UserChange],
        /,
        *,
        dry_run: bool = False,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[UserChange, User]:
        """Change many users and report on each; nothing is sent for users who already have the values.

        `GET /api/identity/v1/users` (Users API, "Get All Users"), or `GET /api/identity/v1/users/{user_id}` (Users API,
        "Get User By Id") for up to 20 and for those not listed, and for roles `GET /api/authorization/v1/roles` (Roles
        Governance API, "Get All Roles"); then `PATCH /api/identity/v1/users/{user_id}` (Users API, "Update User") for
        each.

        Example:
            report = await domo.users.update_many([UserChange(27, role_id=4), UserChange(28, role_id=4)])
            report.raise_for_failures()

        Args:
            changes: The changes, one for each user.
            dry_run: Whether to only read, and report the changes that would be made.
            concurrency: The most users to process at once.
            stop_on_error: Whether to start no further users after one has failed.
            progress: Called with the progress after each user.

        Raises:
            ConfigError: A change is empty, an address or an identifier is invalid, or a user is repeated; nothing was
                sent.
        """
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _changes.update_many(self, self._http, changes, options)

    async def delete_many(
        self,
        ids: Sequence[int | str],
        /,
        *,
        dry_run: bool = False,
        concurrency: int = CHANGES_AT_ONCE,
        stop_on_error: bool = False,
        progress: BulkProgressCallback | None = None,
    ) -> BulkReport[int, User]:
        """Delete many users and report on each; users who do not exist are skipped.

        `GET /api/identity/v1/users` (Users API, "Get All Users"), or `GET /api/identity/v1/users/{user_id}` (Users API,
        "Get User By Id") for up to 20 and for those not listed; then `DELETE /api/identity/v1/users/{user_id}` (Users
        API, "Delete User") for each.

        Example:
            report = await domo.users.delete_many([27, 28], dry_run=True)
            print(report)

        Args:
            ids: The users.
            dry_run: Whether to only read, and report the changes that would be made.
            concurrency: The most users to process at once.
            stop_on_error: Whether to start no further users after one has failed.
            progress: Called with the progress after each user.

        Returns:
            The report; its values are the users as they were before.

        Raises:
            ConfigError: An identifier is invalid or repeated; nothing was sent.
        """
        options = BulkOptions(concurrency=concurrency, dry_run=dry_run, stop_on_error=stop_on_error, progress=progress)
        return await _changes.delete_many(self, ids, options)

    async def plan_offboarding(
        self,
        leaver: int | str,
        /,
        *,
        to: int | str,
        account: LeaverAccount = "deactivate",
        force: bool = False,
        kinds: Sequence[OffboardingKind | str] | None = None,
        skip: Sequence[OffboardingKind | str] = (),
        concurrency: int = CHANGES_AT_ONCE,
    ) -> OffboardingPlan:
        """Return the objects of a user by type, and what `offboard` would do with them; only reads.

        Print the plan to see counts and names. `carry_out_offboarding` carries it out.

        `GET /api/data/v3/datasources`, `GET /api/data/v1/streams/search`, `GET /api/dataprocessing/v1/dataflows`,
        `POST /api/search/v1/query`, `GET /api/content/v1/cards`, `POST /api/content/v1/pages/adminsummary`,
        `POST /api/content/v1/dataapps/adminsummary`, `GET /api/data/v2/accounts/share/{account_id}`,
        `GET /api/workflow/v1/models`, `GET /api/queues/v1`, `POST /api/queues/v1/tasks/list`,
        `POST /api/files/v1/filesets/search`, `POST /api/datastores/v1/collections/query`,
        `GET /api/content/v2/groups/grouplist`, `GET /api/social/v4/alerts`, `GET /api/content/v1/reportschedules`,
        `POST /api/query/v1/functions/search`, `GET /api/codeengine/v2/packages`, `GET /api/datastores/v1`,
        `GET /api/data/v1/data-files/details`, `GET /api/publish/v2/publication/summaries`,
        `GET /api/executor/v1/applications`, `GET /api/executor/v2/applications/{application_id}/jobs`,
        `GET /api/data/v1/accesstokens` and `GET /api/sessions/v1/admin`, each as documented at its method;
        `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users`, `GET /api/identity/v1/users/{user_id}`,
        `GET /api/content/v2/users/me` and `GET /api/content/v3/users/{user_id}` for the people.

        Example:
            plan = await domo.users.plan_offboarding("ada@example.com", to="grace@example.com")
            print(plan)
            report = await domo.users.carry_out_offboarding(plan)

        Args:
            leaver: The user who leaves, by identifier or e-mail address. A user who was deleted already must be given
                by identifier.
            to: The user who gets everything, by identifier or e-mail address.
            account: The action for the leaver's own account, which comes last: ``deactivate`` (which is unconfirmed,
                see `deactivate`), ``delete`` or ``keep``. Sessions are ended unless the account is kept; access tokens
                are revoked in any case.
            force: Whether to handle the account even if objects could not be given away.
            kinds: Only objects of these types, such as ``["dataset", "card"]``; by default all. The type of the account
                is ``user``.
            skip: The types of objects to skip.
            concurrency: The most requests in flight at once.

        Returns:
            The plan. Objects that cannot be given away, because no route is known, are among its steps; `not_covered`
            lists the types that no method of this library finds. A type that could not be read has the error in its
            step.

        Raises:
            ConfigError: Both are the same user, the new owner is not active, the token belongs to the leaver, or a type
                is unknown.
            Unresolved: One of the users does not exist.
        """
        return await offboarding_engine().make_plan(
            self._http, leaver, to, account=account, force=force, kinds=kinds, skip=skip, concurrency=concurrency
        )

    async def carry_out_offboarding(
        self,
        plan: OffboardingPlan,
        /,
        *,
        concurrency: int = CHANGES_AT_ONCE,
        progress: BulkProgressCallback | None = None,
    ) -> OffboardingReport:
        """Do exactly what a plan says, and report on each object; see `offboard`.

        Carry out a plan soon after it was made: objects that were given to somebody else in the meantime would be taken
        from them.

        The routes are those of `offboard`, such as `PUT /api/data/v2/datasources/responsible-user/{user_id}` and
        `GET /api/data/v3/datasources`.

        Args:
            plan: The plan, from `plan_offboarding`.
            concurrency: The most requests in flight at once.
            progress: Called with the progress after each thing.
        """
        return await offboarding_engine().carry_out_plan(
            self._http, plan, dry_run=False, concurrency=concurrency, progress=progress
        )

    async def offboard(
        self,
        leaver: int | str,
        /,
        *,
        to: int | str,
        account: LeaverAccount = "deactivate",
        force: bool = False,
        kinds: Sequence[OffboardingKind | str] | None = None,
        skip: Sequence[OffboardingKind | str] = (),
        dry_run: bool = False,
        concurrency: int = CHANGES_AT_ONCE,
        progress: BulkProgressCallback | None = None,
    ) -> OffboardingReport:
        """Give all objects of a user to another user, revoke the user's access, and handle the account last.

        Each object succeeds or fails alone: if the instance refuses several at once, they are tried one by one. If an
        answer is lost, the outcome is looked up. At the end the leaver's objects are listed again, and the account is
        left alone if there still are any, unless `force` is set. It is safe to run again, also after it was killed:
        objects that were given away no longer belong to the leaver, so the run continues with the rest.

        `GET /api/data/v3/datasources`, `GET /api/data/v1/streams/search`, `GET /api/dataprocessing/v1/dataflows`,
        `POST /api/search/v1/query`, `GET /api/content/v1/cards`, `POST /api/content/v1/pages/adminsummary`,
        `POST /api/content/v1/dataapps/adminsummary`, `GET /api/data/v2/accounts/share/{account_id}`,
        `GET /api/workflow/v1/models`, `GET /api/queues/v1`, `POST /api/queues/v1/tasks/list`,
        `POST /api/files/v1/filesets/search`, `POST /api/datastores/v1/collections/query`,
        `GET /api/content/v2/groups/grouplist`, `GET /api/social/v4/alerts`, `GET /api/content/v1/reportschedules`,
        `POST /api/query/v1/functions/search`, `GET /api/codeengine/v2/packages`, `GET /api/datastores/v1`,
        `GET /api/data/v1/data-files/details`, `GET /api/publish/v2/publication/summaries`,
        `GET /api/executor/v1/applications`, `GET /api/executor/v2/applications/{application_id}/jobs`,
        `GET /api/data/v1/accesstokens` and `GET /api/sessions/v1/admin` find the objects. The changes are
        `PUT /api/data/v2/datasources/responsible-user/{user_id}`, `PUT /api/dataprocessing/v1/dataflows/bulk/patch`,
        `POST /api/content/v1/cards/owners/add`, `POST /api/content/v1/cards/owners/remove`,
        `PUT /api/content/v1/pages/bulk/owners`, `POST /api/content/v1/pages/bulk/owners/remove`,
        `PUT /api/content/v1/dataapps/bulk/owners`, `POST /api/content/v1/dataapps/bulk/owners/remove`,
        `PUT /api/data/v2/accounts/share/{account_id}`, `GET /api/workflow/v1/models/{model_id}`,
        `PUT /api/workflow/v1/models/{model_id}`, `PUT /api/queues/v1/{queue_id}/owner/{user_id}`,
        `PUT /api/queues/v1/tasks/assign`, `POST /api/files/v1/filesets/{fileset_id}/ownership`,
        `POST /api/files/v1/filesets/{fileset_id}/access`, `PUT /api/datastores/v1/collections/{collection_id}`,
        `PUT /api/content/v2/groups/access`, `PATCH /api/social/v4/alerts/{alert_id}`,
        `GET /api/content/v1/reportschedules/{schedule_id}`, `PUT /api/content/v1/reportschedules/{schedule_id}`,
        `POST /api/query/v1/functions/list/id`, `POST /api/query/v1/functions/bulk/template`,
        `PUT /api/codeengine/v2/packages/{package_id}`, `DELETE /api/data/v1/accesstokens/{token_id}`,
        `DELETE /api/sessions/v1/admin/{session_id}`, and `PUT /api/content/v3/users` or
        `DELETE /api/identity/v1/users/{user_id}`, each as the method of its area says;
        `POST /api/identity/v1/users/search`, `GET /api/identity/v1/users`, `GET /api/identity/v1/users/{user_id}`,
        `GET /api/content/v2/users/me` and `GET /api/content/v3/users/{user_id}` for the people.

        Example:
            report = await domo.users.offboard("ada@example.com", to="grace@example.com", dry_run=True)
            print(report.plan)

        Args:
            leaver: The user who leaves, by identifier or e-mail address. A user who was deleted already must be given
                by identifier.
            to: The user who gets everything, by identifier or e-mail address.
            account: The action for the leaver's own account, which comes last: ``deactivate`` (which is unconfirmed,
                see `deactivate`), ``delete`` or ``keep``. Sessions are ended unless the account is kept; access tokens
                are revoked in any case.
            force: Whether to handle the account even if objects could not be given away.
            kinds: Only objects of these types, such as ``["dataset", "card"]``; by default all. The type of the account
                is ``user``.
            skip: The types of objects to skip.
            dry_run: Whether to only read, and report the changes that would be made.
            concurrency: The most requests in flight at once.
            progress: Called with the progress after each thing.

        Returns:
            The report, with the plan. Objects that cannot be given away, because no route is known, are in it as
            ``skipped``.

        Raises:
            ConfigError: Both are the same user, the new owner is not active, the token belongs to the leaver, or a type
                is unknown.
            Unresolved: One of the users does not exist.
        """
        engine = offboarding_engine()
        plan = await engine.make_plan(
            self._http, leaver, to, account=account, force=force, kinds=kinds, skip=skip, concurrency=concurrency
        )
        return await engine.carry_out_plan(
            self._http, plan, dry_run=dry_run, concurrency=concurrency, progress=progress
        )

"""Commands about people and what they may do."""

from __future__ import annotations

from domo_async._cli.rows import Noun, Row

__all__ = ["NOUNS", "PANEL"]

PANEL = "People and access"
_PERSON = "id display_name email_address role_id"

NOUNS: tuple[Noun, ...] = (
    Noun(
        words="users",
        help="",
        thing="user",
        panel=PANEL,
        rows=(
            Row(name="list", method="users.list", examples=("", "--include-deleted --csv"), columns=_PERSON),
            Row(
                name="search",
                method="users.search",
                examples=("--text ann",),
                columns=_PERSON,
                without=frozenset({"filters"}),
            ),
            Row(name="show", method="users.get", examples=("27",)),
            Row(
                name="create",
                method="users.create",
                examples=("--display-name 'Ann Lee' --email-address ann@example.com --role-id 2",),
            ),
            Row(name="update", method="users.update", examples=("27 --role-id 4",)),
            Row(
                name="delete",
                method="users.delete",
                examples=("27",),
                deletes="Delete the user {user_id}? What the user owns stays without an owner: see users offboard.",
                done="Deleted",
            ),
            Row(
                name="deactivate",
                method="users.deactivate",
                examples=("27",),
                deletes="Keep the user {user_id} from logging in?",
            ),
            Row(
                name="set-password",
                method="users.set_password",
                examples=("27 --password @password.txt",),
            ),
            Row(name="sessions", method="users.sessions", examples=("--limit 20",), columns="", thing="session"),
            Row(
                name="end-session",
                method="users.end_session",
                examples=("s1",),
                deletes="End the session {session_id}?",
                done="Ended",
            ),
        ),
    ),
    Noun(
        words="groups",
        help="",
        thing="group",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="groups.list",
                examples=("--search sales", "--member-id 27 --csv"),
                columns="id=group_id name type=group_type members=member_count created",
            ),
            Row(name="show", method="groups.get", examples=("8",)),
            Row(name="create", method="groups.create", examples=("--name Sales --type closed",)),
            Row(name="update", method="groups.update", examples=("8 --name 'Sales North'",)),
            Row(
                name="delete",
                method="groups.delete",
                examples=("8",),
                deletes="Delete the group {group_id}?",
                done="Deleted",
            ),
            Row(
                name="members",
                method="groups.members",
                columns="id=user_id name=display_name email=email_address role=role_id",
                examples=("8 --csv",),
                thing="member",
            ),
            Row(
                name="add-members", method="groups.add_members", examples=("8 --members 27 --members 28",), done="Added"
            ),
            Row(
                name="remove-members",
                method="groups.remove_members",
                examples=("8 --members 27",),
                deletes="Let {members} leave the group {group_id}?",
                done="Removed",
            ),
            Row(name="add-owners", method="groups.add_owners", examples=("8 --owners 27",), done="Added"),
            Row(
                name="remove-owners",
                method="groups.remove_owners",
                examples=("8 --owners 27",),
                deletes="Take {owners} from the owners of the group {group_id}?",
                done="Removed",
            ),
        ),
    ),
    Noun(
        words="activity",
        help="",
        thing="entry",
        panel="",
        rows=(
            Row(name="object-types", method="activity_log.object_types", examples=("",), thing="type"),
            Row(name="event-types", method="activity_log.event_types", examples=("CARD",), thing="type"),
        ),
    ),
    Noun(
        words="roles",
        help="Manage roles and their authorities.",
        thing="role",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="roles.list",
                examples=("", "--json"),
                columns="id name description users=user_count authorities=authority_count",
            ),
            Row(name="show", method="roles.get", examples=("2",)),
            Row(
                name="create",
                method="roles.create",
                examples=("--name Analysts --description 'Read and query' --from-role-id 4",),
            ),
            Row(name="update", method="roles.update", examples=("2 --name Analysts",)),
            Row(
                name="delete",
                method="roles.delete",
                examples=("2",),
                deletes="Delete the role {role_id}?",
                done="Deleted",
            ),
            Row(name="authorities", method="roles.authorities", examples=("2",), thing="authority"),
            Row(
                name="known-authorities",
                method="roles.known_authorities",
                examples=("",),
                thing="authority",
            ),
            Row(
                name="sync-authorities",
                method="roles.sync_authorities",
                examples=("2 dataset.edit user.invite --dry-run", "2 dataset.edit --no-remove"),
            ),
            Row(
                name="users",
                method="roles.users",
                examples=("2 --search ann",),
                columns="id=user_id name=display_name email department title=job_title",
                thing="user",
            ),
            Row(name="assign", method="roles.assign", examples=("2 27 28 --dry-run",)),
        ),
    ),
    Noun(
        words="tokens",
        help="Manage access tokens.",
        thing="token",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="access_tokens.list",
                examples=("", "--csv"),
                columns="id name owner=owner_name email=owner_email expires",
            ),
            Row(
                name="create",
                method="access_tokens.create",
                examples=("--name nightly --owner-id 27 --expires 2027-12-31 --output nightly.token",),
                secret="token",  # noqa: S106 - the field that has it
            ),
            Row(
                name="delete",
                method="access_tokens.revoke",
                examples=("4",),
                deletes="Delete the token {token_id}? Programs that use it are locked out.",
                done="Deleted",
            ),
        ),
    ),
)

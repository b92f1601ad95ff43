"""`domo-async login`, `logout`, `profiles` and `whoami`: who one is, and where."""

from __future__ import annotations

import os
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.text import Text

from domo_async import ConfigError, Domo, DomoError, Secret, Timeouts, Unauthorized
from domo_async._cli.common.asking import can_ask
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, access, client, read_token
from domo_async._cli.common.exits import DebugOption, effect, readable_errors
from domo_async._cli.common.interrupts import run
from domo_async._cli.common.listing import JsonOption, print_table_of
from domo_async._cli.common.network import ProfileOption, network
from domo_async._cli.common.output import facts, one_line, out, print_json, print_table
from domo_async._profiles import (
    Access,
    ConfigFile,
    Given,
    Profile,
    check_keyring,
    config_path,
    edited,
    forget_in_keyring,
    keyring_is_usable,
    read_config,
    resolve,
    store_in_keyring,
)
from domo_async._settings import instance_in, instance_origin, token_in

if TYPE_CHECKING:
    from domo_async.models import UserProfile

__all__ = ["login", "logout", "profiles", "whoami"]

_LONGEST_TOKEN = 64 << 10
_FIRST = "default"
_OVERRULED = "The environment has an instance and a token, which count before a profile, unless --profile names it."


class Store(Enum):
    """Where a token is kept."""

    KEYRING = "keyring"
    FILE = "file"


def login(
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the token from standard input, and do not ask.")
    ] = False,
    store: Annotated[
        Store | None,
        typer.Option(
            "--store",
            help="Where to keep the token: in the system's keyring, or in the file of profiles, for you alone to read.",
            show_default="the keyring if there is one",
        ),
    ] = None,
    make_default: Annotated[
        bool, typer.Option("--default", help="Make this the default profile; the first profile is the default.")
    ] = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Check a developer token and keep it in a profile, together with the connection options.

    The command asks for what is not given. You create a token in Domo under Admin > Access tokens. --proxy, --ca,
    --client-cert and --timeout are kept with it. The profile is written only if the instance accepts the token.
    """
    with readable_errors(debug=debug):
        kept = _store(store)
        path = config_path()
        file = read_config(path)
        name = _name(file)
        before = file.profiles.get(name)
        if before is not None and before.token_command is not None:
            raise ConfigError(
                f"profile {name!r} has a token_command, which says the token: take that out of {path} first"
            )
        where = instance or (None if before is None else before.instance)
        if where is None:
            where = _asked_instance(stdin=token_stdin)
        instance_origin(where)
        token = _given_token(where, stdin=token_stdin, file=token_file)
        settings = network.settings() if before is None else _access(name, where, token).settings
        user = run(_me(Domo(where, token=token, settings=settings)))
        if kept is Store.KEYRING:
            store_in_keyring(name, where, token)

        def change(document: Any) -> None:
            _keep(document, name, where, token if kept is Store.FILE else None)
            if make_default or "default_profile" not in document:
                document["default_profile"] = name

        try:
            edited(path, change)
        except DomoError:
            if kept is Store.KEYRING:
                forget_in_keyring(name, where)
            raise
        effect.took_place = True
        moved = before is not None and before.instance is not None and not _same(before.instance, where)
        if before is not None and before.keyring and before.instance is not None and (moved or kept is Store.FILE):
            forget_in_keyring(name, before.instance)
        kept_in = "the keyring" if kept is Store.KEYRING else str(path)
        who = f"{user.display_name or user.id} on {instance_origin(where)}"
        out.print(one_line(f"Logged in as {who}: profile {name!r}, token in {kept_in}"), markup=False, soft_wrap=True)
        if _is_overruled():
            out.print(_OVERRULED, style="dim", soft_wrap=True)


def logout(
    forget: Annotated[bool, typer.Option("--forget", help="Remove the whole profile.")] = False,
    _profile: ProfileOption = None,
    debug: DebugOption = False,
) -> None:
    """Remove the token of a profile from the keyring or the config file; the rest of the profile stays.

    The token remains valid: anyone with a copy can use it until it is revoked in Domo under Admin > Access tokens.
    """
    with readable_errors(debug=debug):
        path = config_path()
        file = read_config(path)
        name = _name(file)
        profile = file.profile(name)
        removed = []
        if profile.keyring and profile.instance is not None and forget_in_keyring(name, profile.instance):
            removed.append("the keyring")
        if profile.token is not None:
            removed.append(str(path))

        def change(document: Any) -> None:
            tables = document["profiles"]
            for key in ("token", "keyring"):
                tables[name].pop(key, None)
            if forget:
                del tables[name]
                if document.get("default_profile") == name:
                    del document["default_profile"]

        edited(path, change)
        effect.took_place = True
        note = (
            f"Took the token of profile {name!r} out of {' and '.join(removed)}"
            if removed
            else f"Profile {name!r} has no token that login has kept"
        )
        valid = "; it remains valid until it is revoked in Domo under Admin > Access tokens" if removed else ""
        out.print(one_line(note + valid), markup=False, soft_wrap=True)


def profiles(
    as_json: JsonOption = False,
    _profile: ProfileOption = None,
    debug: DebugOption = False,
) -> None:
    """List the profiles, which one is active, and where the token of each is kept; no secret is shown."""
    with readable_errors(debug=debug):
        file = read_config(config_path())
        active = network.profile or os.environ.get("DOMO_PROFILE") or file.default
        if active is not None and (active in file.profiles or active != file.default):
            file.profile(active)
        overruled = _is_overruled() and network.profile is None
        rows = [_row(profile, active=name == active and not overruled) for name, profile in file.profiles.items()]
        if as_json:
            print_json(rows)
            return
        columns = ["active", "name", "instance", "token", "proxy", "ca", "client_cert"]
        print_table_of(columns, [["*" if row["active"] else "", *(row[name] for name in columns[1:])] for row in rows])
        if not rows:
            out.print(f"No profiles yet in {file.path}: domo-async login", markup=False, soft_wrap=True)
        if rows and overruled:
            out.print(_OVERRULED, style="dim", soft_wrap=True)


def whoami(
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Show the instance, the user to whom the token belongs, and where both settings come from."""
    with readable_errors(debug=debug):
        found = access(instance, token_file)
        user, role = run(_user_and_role(found))
    fields: dict[str, object] = {
        "instance": instance_origin(found.instance),
        "instance_from": found.instance_from,
        "user": user.display_name,
        "user_id": user.id,
        "email": user.email_address,
        "role": role,
        "token_from": found.token_from,
        "profile": found.profile,
    }
    if as_json:
        print_json(fields)
        return
    shown = {
        "Instance": f"{fields['instance']} (from {found.instance_from})",
        "User": f"{user.display_name or ''} ({', '.join(str(each) for each in (user.email_address, user.id) if each)})",
        "Role": role,
        "Token": f"from {found.token_from}",
        "Profile": found.profile,
    }
    print_table(facts((name, None if value is None else Text(one_line(value))) for name, value in shown.items()))


def _is_overruled() -> bool:
    return instance_in(os.environ) is not None and token_in(os.environ) is not None


def _same(one: str, other: str) -> bool:
    return instance_origin(one) == instance_origin(other)


def _name(file: ConfigFile) -> str:
    """Return the profile that a command is about."""
    return network.profile or os.environ.get("DOMO_PROFILE") or file.default or _FIRST


def _access(profile: str, instance: str, token: Secret[str]) -> Access:
    """Return how to try a new token: as the options say, or else the profile that is there already."""
    return resolve(Given(profile=profile, instance=instance, token=token, settings=network.settings()))


def _store(asked: Store | None) -> Store:
    """Return where to keep the token.

    Raises:
        ConfigError: That is the keyring, and the package for it is not installed.
    """
    if asked is Store.KEYRING:
        check_keyring()
    return asked or (Store.KEYRING if keyring_is_usable() else Store.FILE)


def _given_token(instance: str, *, stdin: bool, file: Path | None) -> Secret[str]:
    if file is not None:
        return read_token(file)
    if stdin:
        token = Secret(sys.stdin.read(_LONGEST_TOKEN).strip())
    else:
        token = Secret(_asked(f"Token for {instance}", hide_input=True))
    if not token.get_secret_value():
        raise ConfigError("the token is empty")
    return token


def _asked_instance(*, stdin: bool) -> str:
    """Return the instance of the environment, or the one that is typed in.

    Args:
        stdin: Whether standard input is the token, which must not be taken for an answer.

    Raises:
        ConfigError: Nobody can be asked.
    """
    known = instance_in(os.environ)
    if not stdin:
        return _asked("Instance (such as acme)", default=known)
    if known is None:
        raise ConfigError("which instance? Give --instance NAME: standard input has the token")
    return known


def _asked(question: str, **how: Any) -> str:
    try:
        return str(typer.prompt(question, err=True, **how)).strip()
    except typer.Abort:
        if can_ask():
            raise
        raise ConfigError("Nobody can answer here: give --instance NAME, and --token-stdin or --token-file") from None


def _keep(document: Any, name: str, instance: str, token: Secret[str] | None) -> None:
    """Write a profile, with what the options say of how it is reached."""
    if "profiles" not in document:
        document["profiles"] = {}
    if name not in document["profiles"]:
        document["profiles"][name] = {}
    table = document["profiles"][name]
    table["instance"] = instance
    for key in ("token", "keyring"):
        table.pop(key, None)
    if token is None:
        table["keyring"] = True
    else:
        table["token"] = token.get_secret_value()
    if network.proxy is not None:
        table["proxy"] = network.proxy.get_secret_value()
    paths = {"ca": network.ca, "client_cert": network.client_cert, "client_key": network.client_key}
    for key, path in paths.items():
        if path is not None:
            table[key] = str(path.expanduser().absolute())
    if network.timeout is not None:
        table["timeouts"] = network.timeout


async def _me(client: Domo) -> UserProfile:
    async with client as domo:
        return await _user(domo)


async def _user(domo: Domo) -> UserProfile:
    try:
        return await domo.users.me()
    except Unauthorized as error:
        error.message = f"{domo.origin} does not accept this token: {error.message}"
        error.args = (error.message,)
        raise


async def _user_and_role(found: Access) -> tuple[UserProfile, str | None]:
    async with client(found) as domo:
        user = await _user(domo)
        if user.role is not None or user.role_id is None:
            return user, user.role
        try:
            role = await domo.roles.get(user.role_id)
        except DomoError:
            # Not everyone may read roles, and the rest is known.
            return user, str(user.role_id)
        return user, role.name or str(user.role_id)


def _row(profile: Profile, *, active: bool) -> dict[str, object]:
    settings = profile.settings
    proxy = None if settings.proxy is None else urlsplit(settings.proxy.get_secret_value())
    return {
        "active": active,
        "name": profile.name,
        "instance": profile.instance,
        "token": profile.token_source,
        "proxy": None if proxy is None else f"{proxy.scheme}://{proxy.netloc.rpartition('@')[2]}",
        "ca": None if settings.ca is None else str(settings.ca),
        "client_cert": None if settings.cert is None else str(settings.cert.cert),
        "timeouts": None
        if settings.timeouts == Timeouts()
        else {name: getattr(settings.timeouts, name) for name in ("connect", "read", "total")},
    }

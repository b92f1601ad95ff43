"""Clients of users other than the instance's owner."""

from __future__ import annotations

from domo_async import Domo
from domo_async.emulator import Emulator
from domo_async.emulator.people import add_user

PRIVILEGED = 2


def client_of_new_user(emulator: Emulator, name: str, *, role_id: int = PRIVILEGED) -> tuple[int, Domo]:
    """Add a user; returns the number, and a client of an instance that runs."""
    address = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    user_id = int(add_user(emulator._instance, name, address, role_id)["id"])
    token = f"the-developer-token-of-{address}"
    emulator._tokens["tokens"][token] = user_id
    return user_id, Domo(emulator.url, token=token)

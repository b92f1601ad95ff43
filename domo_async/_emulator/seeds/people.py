"""The people of the demo world: roles, users, groups, and the activity log."""

from __future__ import annotations

from random import Random

from domo_async._emulator.access.people import add_user, free_id
from domo_async._emulator.routes.groups import put_group
from domo_async._emulator.routes.roles import AUTHORITIES, BORN, FIRST_ID, put_role
from domo_async._emulator.services.activity import put
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID

__all__ = ["seed_activity_log", "seed_groups", "seed_roles", "seed_users"]


def seed_roles(instance: Instance, rng: Random) -> None:
    """Add roles for some departments."""
    for name in ("Data Steward", "Report Writer", "Auditor", "Integration"):
        authorities = rng.sample(list(AUTHORITIES), 8)
        put_role(instance, free_id(instance, "roles", FIRST_ID), name, f"The {name.lower()}s' role", authorities, BORN)


_DEMO_USERS = 2_000
_DEMO_START = 1_577_836_800_000
_DEMO_SPAN = 4 * 365 * 86_400_000
_FIRST_NAMES = (
    "Ada Alan Amara Anders Anna Asha Beatriz Bo Carla Chen Chidi Clara Dana Diego Edith Elif Emeka Emma Farid Finn "
    "Grace Hana Hugo Ines Ivan Jae Jonas Kaito Kira Lars Leila Lena Luca Maja Marco Mei Mina Nadia Noah Nora Olga "
    "Omar Paul Priya Rosa Sami Sara Sven Tara Theo Uma Vera Viktor Wei Yara Yusuf Zoe"
)
_LAST_NAMES = (
    "Abe Adeyemi Ahmed Alves Bauer Becker Berg Blanc Brown Castro Chang Cohen Costa Diaz Dubois Eriksen Evans "
    "Farouk Fischer Flores Garcia Gupta Haddad Hansen Hoang Ivanova Jansen Kaya Khan Kim Klein Kowalski Lang Larsen "
    "Lee Lopez Martin Mori Mwangi Nielsen Novak Okafor Olsen Park Patel Reyes Rossi Sato Schmidt Silva Singh Smith "
    "Tanaka Torres Vogel Wang Weber Yilmaz"
)
_TITLES = ("Analyst", "Accountant", "Engineer", "Buyer", "Clerk", "Designer", "Manager", "Planner", "Researcher")
_DEPARTMENTS = ("Finance", "Marketing", "Operations", "People", "Production", "Sales", "Support")
# Admin, Privileged, Editor, Participant, Social: how often each is given.
_ROLE_WEIGHTS = {1: 1, 2: 9, 3: 25, 4: 60, 5: 5}


def seed_users(instance: Instance, rng: Random) -> None:
    """Add 2 000 users, each with a title, a department and, for most, a manager."""
    taken = {user.get("emailAddress") for user in instance.records["users"]}
    firsts, lasts = _FIRST_NAMES.split(), _LAST_NAMES.split()
    managers: list[int] = [OWNER_ID]
    roles = rng.choices(list(_ROLE_WEIGHTS), list(_ROLE_WEIGHTS.values()), k=_DEMO_USERS)
    times = sorted(_DEMO_START + rng.randrange(_DEMO_SPAN) for _ in range(_DEMO_USERS))
    for role_id, created in zip(roles, times, strict=True):
        first, last = rng.choice(firsts), rng.choice(lasts)
        email, number = f"{first}.{last}@example.com".lower(), 2
        while email in taken:
            email, number = f"{first}.{last}{number}@example.com".lower(), number + 1
        taken.add(email)
        user = add_user(instance, f"{first} {last}", email, role_id, invited_by=OWNER_ID, created=created)
        title = rng.choice(_TITLES)
        facts = {
            "title": title,
            "department": rng.choice(_DEPARTMENTS),
            "reportsTo": rng.choice(managers),
        }
        if title == "Manager":
            managers.append(user["id"])
        pairs = [{"key": key, "values": [value]} for key, value in facts.items()]
        instance.records["users"].update(user["id"], attributes=pairs)


_GROUPS_START = 1_609_459_200_000
_GROUPS_SPAN = 3 * 365 * 86_400_000
_PLACES = ("Berlin", "Bogota", "Cape Town", "Delhi", "Lisbon", "Oslo", "Osaka", "Provo", "Seoul", "Toronto")
_TEAMS = (
    *("Buyers", "Controllers", "Data Stewards", "Designers", "Engineers"),
    *("Managers", "Planners", "Researchers", "Sellers", "Supporters"),
)


def seed_groups(instance: Instance, rng: Random) -> None:
    """Add a group of up to 60 users for each of 100 teams."""
    users = [user["id"] for user in instance.records["users"]]
    for city in _PLACES:
        for team in _TEAMS:
            creator = rng.choice([OWNER_ID, *users[:20]])
            group_type = rng.choice(("closed", "closed", "open", "adHoc"))
            created = _GROUPS_START + rng.randrange(_GROUPS_SPAN)
            group = put_group(instance, f"{team} {city}", group_type, f"{team} who work in {city}", creator, created)
            members = rng.sample(users, min(len(users), rng.randint(3, 60)))
            instance.records["groups"].update(group["id"], userIds=members)


_LOG_ENTRIES = 2_000
_LOG_END = 1_735_689_600_000
_LOG_SPAN = 90 * 86_400_000


def seed_activity_log(instance: Instance, rng: Random) -> None:
    """Add three months of entries, up to a fixed day, in which users view and change one another."""
    users = list(instance.records["users"])
    times = sorted(_LOG_END - rng.randrange(_LOG_SPAN) for _ in range(_LOG_ENTRIES))
    for time in times:
        user, seen = rng.choice(users), rng.choice(users)
        put(
            instance,
            user_id=user["id"],
            action=rng.choice(("VIEWED", "VIEWED", "VIEWED", "UPDATED")),
            type="USER",
            noun="user",
            object_id=str(seen["id"]),
            name=seen["displayName"],
            time=time,
        )

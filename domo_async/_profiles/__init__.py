"""Profiles: named instances in a config file, with their tokens and connection settings."""

from __future__ import annotations

from domo_async._profiles.access import Access, Given, resolve
from domo_async._profiles.config_file import ConfigFile, config_path, read_config
from domo_async._profiles.editing import edited
from domo_async._profiles.profile import Profile
from domo_async._profiles.tokens import check_keyring, forget_in_keyring, keyring_is_usable, store_in_keyring

__all__ = [
    "Access",
    "ConfigFile",
    "Given",
    "Profile",
    "check_keyring",
    "config_path",
    "edited",
    "forget_in_keyring",
    "keyring_is_usable",
    "read_config",
    "resolve",
    "store_in_keyring",
]

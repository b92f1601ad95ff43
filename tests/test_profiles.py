"""Profiles: what a file says, who may read it, where tokens come from, and what counts before what."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from domo_async import ConfigError, Domo, Secret, Settings, Timeouts, sync
from domo_async._profiles import (
    Given,
    config_path,
    edited,
    keyring_is_usable,
    read_config,
    resolve,
    store_in_keyring,
)
from domo_async._profiles.tokens import printed_token
from domo_async.emulator import Emulator

SECRET = "a-token-that-nobody-sees"
OTHER = "another-token-of-the-environment"


class MemoryKeyring(KeyringBackend):
    """A keyring that lasts as long as a test."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def memory() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    made = MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write the file of profiles."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("DOMO_INSTANCE", "DOMO_BASE_URL", "DOMO_DEVELOPER_TOKEN", "DOMO_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def write(text: str, mode: int = 0o600) -> Path:
        path = config_path()
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


TWO = f"""
default_profile = "test"

[profiles.prod]
instance = "acme"
token = "{SECRET}"
proxy = "proxy.example.com:3128"
no_proxy = ["localhost", ".corp.example.com"]
timeouts = {{ connect = 5, read = 60 }}

[profiles.test]
instance = "https://acme-test.domo.com"
token = "{SECRET}-of-test"
timeouts = 7
"""


def shown(secret: Secret[str] | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def token_of(domo: Domo) -> str:
    return domo._transport._connection._token_header.get_secret_value()["X-DOMO-Developer-Token"]


def test_a_client_is_made_of_a_profile_on_both_sides(config, tmp_path):
    path = config(TWO)

    prod, test = Domo.from_profile("prod"), Domo.from_env()

    assert tmp_path / "domo-async" / "config.toml" == path
    assert ("https://acme.domo.com", SECRET) == (prod.origin, token_of(prod))
    assert Timeouts(connect=5, read=60) == prod.settings.timeouts
    assert "http://proxy.example.com:3128" == shown(prod.settings.proxy)
    assert ("localhost", ".corp.example.com") == prod.settings.no_proxy
    assert ("https://acme-test.domo.com", f"{SECRET}-of-test") == (test.origin, token_of(test))
    assert Timeouts(connect=7, read=7, total=7) == test.settings.timeouts
    for made in (sync.Domo.from_profile("prod"), sync.Domo.from_env()):
        with made as domo:
            assert domo.origin in {prod.origin, test.origin}
    given = Domo.from_profile("prod", settings=Settings(timeouts=Timeouts(read=1), proxy="http://other:1"))
    assert (Timeouts(read=1), "http://other:1") == (given.settings.timeouts, shown(given.settings.proxy))
    assert SECRET not in repr(resolve(Given(profile="prod")))
    assert SECRET not in repr(read_config(path))


@pytest.mark.parametrize(
    ("environment", "given", "expected"),
    [
        ({}, {}, ("acme-test", f"{SECRET}-of-test", "profile 'test' (config file)")),
        ({"DOMO_PROFILE": "prod"}, {}, ("acme", SECRET, "profile 'prod' (config file)")),
        (
            {"DOMO_PROFILE": "prod"},
            {"profile": "test"},
            ("acme-test", f"{SECRET}-of-test", "profile 'test' (config file)"),
        ),
        # The environment counts before a profile that only it, or the file, names; not before one that is given.
        ({"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER}, {}, ("beta", OTHER, "DOMO_DEVELOPER_TOKEN")),
        (
            {"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER, "DOMO_PROFILE": "prod"},
            {},
            ("beta", OTHER, "DOMO_DEVELOPER_TOKEN"),
        ),
        (
            {"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER},
            {"profile": "prod"},
            ("acme", SECRET, "profile 'prod' (config file)"),
        ),
        # A token alone, as pipelines have it, is for the profile's instance.
        ({"DOMO_DEVELOPER_TOKEN": OTHER, "DOMO_PROFILE": "prod"}, {}, ("acme", OTHER, "DOMO_DEVELOPER_TOKEN")),
        (
            {"DOMO_INSTANCE": "acme.domo.com", "DOMO_PROFILE": "prod"},
            {},
            ("acme.domo.com", SECRET, "profile 'prod' (config file)"),
        ),
        ({"DOMO_DEVELOPER_TOKEN": OTHER}, {"instance": "beta"}, ("beta", OTHER, "DOMO_DEVELOPER_TOKEN")),
        (
            {"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER},
            {"instance": "https://beta.domo.com"},
            ("beta.domo.com", OTHER, "DOMO_DEVELOPER_TOKEN"),
        ),
        # The token that stands beside another instance does not count, and that of the default profile does.
        (
            {"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER},
            {"instance": "acme-test"},
            ("acme-test", f"{SECRET}-of-test", "profile 'test' (config file)"),
        ),
        # A variable that does not count need not be right.
        ({"DOMO_INSTANCE": "a/b/c"}, {"profile": "prod"}, ("acme", SECRET, "profile 'prod' (config file)")),
        ({}, {"instance": "beta", "token": Secret(OTHER)}, ("beta", OTHER, "the caller")),
    ],
)
def test_arguments_count_before_the_environment_and_that_before_a_profile(environment, given, expected, config):
    config(TWO)

    access = resolve(Given(**given), {"XDG_CONFIG_HOME": os.environ["XDG_CONFIG_HOME"], **environment})

    assert expected == (
        access.instance.removeprefix("https://").replace("acme-test.domo.com", "acme-test"),
        access.token.get_secret_value(),
        access.token_from,
    )


@pytest.mark.parametrize(
    ("environment", "given", "words"),
    [
        (
            {"DOMO_INSTANCE": "beta"},
            {},
            "token of profile 'test' is for https://acme-test.domo.com, not for https://beta",
        ),
        ({}, {"profile": "prod", "instance": "beta"}, "token of profile 'prod' is for https://acme.domo.com"),
        (
            {"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER},
            {"profile": "bare"},
            "the one in DOMO_DEVELOPER_TOKEN is for another instance",
        ),
        (
            {"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER},
            {"instance": "gamma"},
            "token of profile 'test' is for https://acme-test.domo.com, not for https://gamma",
        ),
        (
            {"DOMO_INSTANCE": "beta", "DOMO_DEVELOPER_TOKEN": OTHER},
            {"profile": "bare", "instance": "gamma"},
            "the one in DOMO_DEVELOPER_TOKEN is for another instance",
        ),
        ({}, {"profile": ""}, "profile '' does not exist"),
        ({}, {"profile": "prd"}, r"profile 'prd' does not exist.*prod, test, bare.*domo-async login --profile prd"),
    ],
)
def test_a_token_goes_to_no_other_instance_than_its_own(environment, given, words, config):
    config(TWO + '[profiles.bare]\ninstance = "bare"\n')

    with pytest.raises(ConfigError, match=words) as caught:
        resolve(Given(**given), {"XDG_CONFIG_HOME": os.environ["XDG_CONFIG_HOME"], **environment})
    assert SECRET not in str(caught.value)
    assert OTHER not in str(caught.value)


def test_the_environment_says_how_to_reach_an_instance_before_a_profile_that_nobody_has_given(config, monkeypatch):
    config(TWO.replace('"test"\n', '"prod"\n', 1))
    monkeypatch.setenv("HTTPS_PROXY", "http://of-the-environment:1")

    assert Domo.from_env().settings.proxy is None
    assert Domo.from_profile("prod").settings.proxy is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
@pytest.mark.parametrize(
    ("mode", "content", "words"),
    [
        (0o644, TWO, "can read secrets.*chmod 600"),
        (0o640, TWO, "can read secrets.*chmod 600"),
        (0o604, '[profiles.a]\nproxy = "http://me:hush@proxy"\n', "chmod 600"),
        (0o622, '[profiles.a]\ninstance = "acme"\n', "can change.*chmod 600"),
        (0o644, '[profiles.a]\ninstance = "acme"\ntoken_command = "x"\n', None),
        (0o400, TWO, None),
    ],
)
def test_a_file_that_others_may_read_or_change_is_refused_with_what_mends_it(mode, content, words, config):
    path = config(content, mode)
    if words is None:
        assert read_config(path).profiles
        return
    with pytest.raises(ConfigError, match=words) as caught:
        read_config(path)
    assert str(path) in str(caught.value)
    path.chmod(0o600)
    assert read_config(path).profiles


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f'[profiles.a]\ntokn = "{SECRET}"\n', "tokn is unknown; did you mean token"),
        (f"[profiles.a]\ntoken = {SECRET}\n", "not TOML: line 2"),
        (f"[profiles.a]\ntoken = ['{SECRET}']\n", "token must be a non-empty string"),
        (f'[profiles.a]\ntoken = "{SECRET}"\nkeyring = true\n', "choose one"),
        ('[profiles.a]\ninstance = "http://acme.domo.com"\n', "profile 'a'.*unencrypted"),
        ('[profiles.a]\ntimeouts = { connect = "5" }\n', "timeouts is wrong: connect must be"),
        ("[profiles.a]\ntimeouts = { red = 5 }\n", "timeouts must be seconds, or a table"),
        ("[profiles.a]\ntoken_command = []\n", "token_command must be a command"),
        ('[profiles.a]\nkeyring = "yes"\n', "keyring must be true or false"),
        ('[profiles.a]\nclient_key = "x"\n', "requires client_cert"),
        (f'[profiles.a]\nproxy = "socks5://me:{SECRET}@x"\n', "SOCKS"),
        ('default_profile = "b"\n[profiles.a]\n', "default_profile must name one"),
        (f'token = "{SECRET}"\n', r"has 'token'.*\[profiles.NAME\]"),
        ("profiles = 5\n", r"\[profiles.NAME\]"),
        ("[profiles.a]\ninstance = '\udce9'\n", "UTF-8"),
        ("x" * (2 << 20), "too large"),
    ],
)
def test_errors_of_the_file_are_told_without_its_content(content, words, config):
    path = config("")
    path.write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(ConfigError, match=words) as caught:
        read_config(path)
    assert str(path) in str(caught.value)
    assert SECRET not in str(caught.value)


PRINTS = (sys.executable, "-c", f"print('\\n {SECRET} \\n')")


@pytest.mark.parametrize("command", [PRINTS, f"echo ' {SECRET}' | cat"], ids=["program", "shell"])
def test_a_command_prints_the_token(command, config):
    stands = f"'''{command}'''" if isinstance(command, str) else str(list(command))
    config(f"[profiles.a]\ninstance = 'acme'\ntoken_command = {stands}\n".replace("\\n", "n"), 0o644)
    if not isinstance(command, str):
        assert SECRET == printed_token(command, "x").get_secret_value()
        return

    access = resolve(Given(profile="a"))

    assert (SECRET, "profile 'a' (token command)") == (access.token.get_secret_value(), access.token_from)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (f"echo {SECRET}; echo {SECRET} >&2; exit 3", "failed with code 3; run it yourself"),
        ("true", "printed nothing"),
        (("/nowhere/at-all",), "cannot be run: No such file"),
        (f"echo {SECRET}; sleep 100", "took longer than 0.2 s"),
        (f"yes {SECRET}", "printed more than 64 KiB"),
        (("a\0b",), "cannot be run"),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_printed(command, words, capfd):
    with pytest.raises(ConfigError, match=words) as caught:
        printed_token(command, "the token command", seconds=0.2 if "sleep" in str(command) else 20)

    assert SECRET not in str(caught.value).replace(str(command), "")
    assert SECRET not in "".join(capfd.readouterr())


def test_a_token_in_the_keyring_is_for_one_instance_alone(config, memory):
    config('[profiles.a]\ninstance = "acme"\nkeyring = true\n[profiles.b]\ninstance = "beta"\nkeyring = true\n')
    store_in_keyring("a", "https://acme.domo.com", Secret(SECRET))

    assert keyring_is_usable()
    access = resolve(Given(profile="a"))
    assert (SECRET, "profile 'a' (keyring)") == (access.token.get_secret_value(), access.token_from)
    config('[profiles.a]\ninstance = "evil.example.com"\nkeyring = true\n')
    with pytest.raises(ConfigError, match="keyring has no token for https://evil.example.com.*login --profile a"):
        resolve(Given(profile="a"))


def test_changes_keep_comments_links_and_modes(config, tmp_path):
    path = config("# mine\n[profiles.a] # here\ninstance = 'acme'\n", 0o644)
    real = path.rename(tmp_path / "dotfile.toml")
    path.symlink_to(real)

    def change(document) -> None:
        document["profiles"]["a"]["token"] = SECRET

    made = edited(path, change)

    assert "# mine\n[profiles.a] # here\ninstance = 'acme'\n" == real.read_text().replace(f'token = "{SECRET}"\n', "")
    assert path.is_symlink()
    assert 0o600 == real.stat().st_mode & 0o777
    assert SECRET == shown(made.profiles["a"].token)
    assert {"dotfile.toml", ".dotfile.toml.lock", "domo-async"} == {each.name for each in tmp_path.iterdir()}

    def spoil(document) -> None:
        document["profiles"]["a"]["keyring"] = "maybe"

    with pytest.raises(ConfigError, match="true or false"):
        edited(path, spoil)
    assert SECRET in real.read_text()


async def test_a_profile_s_client_works(config):
    async with Emulator() as emulator:
        config(f'[profiles.local]\ninstance = "{emulator.url}"\ntoken = "{emulator.token}"\n')
        async with Domo.from_profile("local") as domo:
            assert (await domo.users.me()).id

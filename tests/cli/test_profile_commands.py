"""`login`, `logout`, `profiles`, `whoami`, and the options that every command takes to reach its instance."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from typer import testing

from domo_async._cli.app import app
from domo_async.emulator import Emulator
from tests.cli.running import Cli, Ended
from tests.test_profiles import MemoryKeyring
from tests.transport.proxying import forward_proxy_in_thread

NOTHING = {"DOMO_BASE_URL": None, "DOMO_DEVELOPER_TOKEN": None}
HUSH = "hush-of-the-proxy"


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def alone(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line of somebody who has set nothing yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in NOTHING:
        monkeypatch.delenv(name, raising=False)

    class Alone(Cli):
        @property
        def environment(self) -> dict[str, str]:
            return {}

    return Alone(emulator)


def asked(emulator: Emulator, answers: str, *arguments: str) -> Ended:
    """Run a command that asks."""
    ended = testing.CliRunner().invoke(app, arguments, input=answers)
    assert emulator.token not in ended.stdout + ended.stderr
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


def config(tmp_path: Path) -> Path:
    return tmp_path / "domo-async" / "config.toml"


def test_from_login_to_logout_with_the_keyring(alone, emulator, memory, tmp_path):
    empty = alone("profiles")
    assert "No profiles yet" in empty.stdout
    assert "domo-async login" in alone("whoami").stderr

    first = asked(emulator, f"{emulator.url}\n{emulator.token}\n", "login")
    assert 0 == first.code, first.stderr
    assert "profile 'default', token in the keyring" in first.stdout
    assert [emulator.token] == list(memory.kept.values())
    assert emulator.token not in config(tmp_path).read_text()

    second = asked(
        emulator, emulator.token, "login", "--profile", "second", "--instance", emulator.url, "--token-stdin"
    )
    assert 0 == second.code, second.stderr
    listed = json.loads(alone("profiles", "--json").stdout)
    assert [("default", True, "keyring"), ("second", False, "keyring")] == [
        (row["name"], row["active"], row["token"]) for row in listed
    ]
    me = json.loads(alone("whoami", "--json", "--profile", "second").stdout)
    assert (emulator.url, "profile 'second' (keyring)", "second") == (me["instance"], me["token_from"], me["profile"])
    assert me["user"]
    assert me["role"]
    shown = alone("whoami").stdout
    assert "profile 'default' (keyring)" in shown

    out = alone("logout", "--profile", "second")
    assert "remains valid" in out.stdout
    assert 1 == len(memory.kept)
    again = alone("whoami", "--profile", "second")
    assert 2 == again.code
    assert "login --profile second" in again.stderr
    assert 0 == alone("logout", "--forget").code
    assert ["second"] == [row["name"] for row in json.loads(alone("profiles", "--json").stdout)]


def test_without_a_keyring_the_token_is_in_a_file_for_its_owner_alone(alone, emulator, tmp_path):
    keyring.set_keyring(NoKeyring())

    ended = asked(emulator, emulator.token, "login", "--instance", emulator.url, "--token-stdin")

    assert 0 == ended.code, ended.stderr
    assert str(config(tmp_path)) in ended.stdout
    assert emulator.token in config(tmp_path).read_text()
    assert 0o600 == config(tmp_path).stat().st_mode & 0o777
    assert "profile 'default' (config file)" in alone("whoami").stdout
    config(tmp_path).chmod(0o644)
    refused = alone("whoami")
    assert 2 == refused.code
    assert f"chmod 600 {config(tmp_path)}" in refused.stderr
    config(tmp_path).chmod(0o600)
    assert 0 == alone("logout").code
    assert emulator.token not in config(tmp_path).read_text()


def test_without_the_package_for_keyrings_nothing_is_tried(alone, emulator, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)

    ended = asked(emulator, emulator.token, "login", "--store", "keyring", "--instance", emulator.url, "--token-stdin")

    assert (2, True) == (ended.code, 'pip install "domo-async[keyring]"' in ended.stderr)
    assert [] == [*emulator.log]
    assert not config(tmp_path).exists()


def test_a_token_that_is_not_accepted_is_not_kept(alone, emulator, memory, tmp_path):
    wrong = asked(emulator, "a-wrong-token-of-mine", "login", "--instance", emulator.url, "--token-stdin")
    nothing = asked(emulator, "", "login", "--instance", emulator.url, "--token-stdin")

    assert 1 == wrong.code
    assert "does not accept this token" in wrong.stderr
    assert "a-wrong-token-of-mine" not in wrong.stderr + wrong.stdout
    assert (2, "ConfigError: the token is empty\n") == (nothing.code, nothing.stderr)
    assert not config(tmp_path).exists()
    assert {} == memory.kept


def test_a_token_on_standard_input_is_never_taken_for_the_instance(alone, emulator, tmp_path):
    refused = asked(emulator, f"{emulator.token}\nmore\n", "login", "--token-stdin")
    assert (2, "") == (refused.code, refused.stdout)
    assert "Give --instance NAME: standard input has the token" in refused.stderr
    assert not config(tmp_path).exists()

    asking = asked(emulator, "", "login")
    assert 2 == asking.code
    assert "Nobody can answer here: give --instance NAME, and --token-stdin or --token-file" in asking.stderr


def test_a_token_on_standard_input_is_for_the_instance_of_the_environment(alone, emulator, tmp_path, monkeypatch):
    monkeypatch.setenv("DOMO_BASE_URL", emulator.url)

    ended = asked(emulator, emulator.token, "login", "--token-stdin")

    assert 0 == ended.code, ended.stderr
    assert emulator.url in config(tmp_path).read_text()


def test_a_login_to_another_instance_leaves_no_token_of_the_one_before(alone, emulator, memory, monkeypatch):
    monkeypatch.setenv("DOMO_PROFILE", "new")  # which is not there yet
    address = emulator.url.replace("127.0.0.1", "localhost")
    for where in (emulator.url, address):
        ended = asked(emulator, emulator.token, "login", "--instance", where, "--token-stdin")
        assert 0 == ended.code, ended.stderr

    assert [(f"domo-async {address}", "new")] == list(memory.kept)
    ended = asked(emulator, emulator.token, "login", "--store", "file", "--token-stdin")
    assert 0 == ended.code, ended.stderr
    assert {} == memory.kept
    assert "profile 'new' (config file)" in alone("whoami").stdout


def test_a_profile_with_a_command_is_left_as_it_is(alone, emulator, tmp_path):
    config(tmp_path).parent.mkdir()
    text = f'[profiles.a]\ninstance = "{emulator.url}"\ntoken_command = "cat {tmp_path / "token"}"\n'
    config(tmp_path).write_text(text)
    (tmp_path / "token").write_text(f"{emulator.token}\n")

    assert "profile 'a' (token command)" in alone("whoami", "--profile", "a").stdout
    assert "profile 'a' (token command)" in alone("--profile", "a", "whoami").stdout
    assert 0 == alone("users", "list", environment={"DOMO_PROFILE": "a"}).code
    assert "token_command" in alone("login", "--profile", "a").stderr
    assert text == config(tmp_path).read_text()


def test_the_environment_is_told_to_count_before_the_default_profile(cli, emulator, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    asked(emulator, emulator.token, "login", "--instance", emulator.url, "--token-stdin")

    listed = cli("profiles")
    assert "which count before a profile" in listed.stdout
    assert "*" not in listed.stdout
    assert "from DOMO_DEVELOPER_TOKEN" in cli("whoami").stdout


def test_options_say_how_an_instance_is_reached_and_login_keeps_them(alone, emulator, tmp_path):
    with forward_proxy_in_thread(f"me:{HUSH}") as proxy:
        address = proxy.url.replace("http://", f"me:{HUSH}@")
        reached = ("--proxy", address, "--timeout", "30")

        login = asked(emulator, emulator.token, "login", "--instance", emulator.url, "--token-stdin", *reached)
        assert 0 == login.code, login.stderr
        assert 1 == len(proxy.heads)
        assert 0 == alone("users", "list").code
        assert 2 == len(proxy.heads)
        listed = alone("profiles", "--json")

    assert proxy.url == json.loads(listed.stdout)[0]["proxy"]
    assert 30 == json.loads(listed.stdout)[0]["timeouts"]["read"]
    unreachable = alone("users", "list")
    assert 1 == unreachable.code
    assert "ProxyError" in unreachable.stderr
    for ended in (login, listed, unreachable):
        assert HUSH not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--ca", "/nowhere/company.pem"), "company.pem cannot be read"),
        (("--client-key", "key.pem"), "--client-cert"),
        (("--client-cert", "/nowhere/me.pem"), "No such file"),
        (("--proxy", f"socks5://me:{HUSH}@proxy"), "SOCKS is not supported"),
        (("--profile", "nobody"), "profile 'nobody' does not exist"),
    ],
)
def test_impossible_options_are_errors_before_anything_is_sent(options, words, alone, emulator, tmp_path):
    ended = alone("users", "list", "--instance", "acme", *options, environment={"DOMO_DEVELOPER_TOKEN": emulator.token})

    assert 2 == ended.code
    assert words in ended.stderr
    assert HUSH not in ended.stderr


def test_an_instance_with_an_authority_of_its_own_needs_one_option(alone, tmp_path):
    with Emulator(tls=True, data=tmp_path / "data") as emulator:
        authority = next((tmp_path / "data").rglob("authority.pem"))
        environment = {"DOMO_BASE_URL": emulator.url, "DOMO_DEVELOPER_TOKEN": emulator.token}
        trusted = alone("whoami", "--ca", str(authority), environment=environment)
        named = alone("whoami", environment={**environment, "SSL_CERT_FILE": str(authority)})
        stranger = alone("whoami", environment=environment)

    assert [0, 0, 1] == [trusted.code, named.code, stranger.code]
    assert "CertificateError" in stranger.stderr
    assert "domo-async emulator" in stranger.stderr
    assert "--ca FILE" in stranger.stderr

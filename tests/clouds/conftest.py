"""S3 and Google Cloud Storage on loopback, and the file systems that fsspec has for them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from attrs import frozen

from domo_async.emulator import Emulator
from domo_async.sync import Domo
from tests.support import needs

BUCKET = "exports"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.clouds)
            item.add_marker(pytest.mark.xdist_group("clouds"))
            # Their clients leave sessions open, and deprecate parts of each other.
            item.add_marker(pytest.mark.filterwarnings("default"))


@frozen
class Store:
    """A store of objects, with one bucket."""

    scheme: str
    put: Callable[[str, bytes], object]
    delete: Callable[[str], object]

    def url(self, name: str) -> str:
        """Return the URL of an object."""
        return f"{self.scheme}://{BUCKET}/{name}"


@frozen
class S3:
    """Amazon S3, which checks who asks.

    Attributes:
        url: Its endpoint.
        client: A client of boto3 that may do anything.
        reader: The key and the secret of a user who may do anything in S3.
        stranger: Those of a user who may do nothing.
    """

    url: str
    client: Any
    reader: tuple[str, str]
    stranger: tuple[str, str]

    @contextmanager
    def open_to_all(self) -> Iterator[None]:
        """Let everybody do anything for a while."""
        self._check_after("inf")
        yield
        self._check_after("0")

    def _check_after(self, requests: str) -> None:
        asked = Request(f"{self.url}/moto-api/reset-auth", requests.encode(), {"Content-Type": "text/plain"})
        with urlopen(asked):
            pass


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    with pytest.MonkeyPatch.context() as patch:
        # From the third request on it checks who asks; the first three make a user who may do anything.
        patch.setenv("INITIAL_NO_AUTH_ACTION_COUNT", "3")
        server = needs("moto.server", extra="clouds").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        admin = _user(url, ("none", "none"), "admin", "*")
        client = _client("s3", url, admin)
        client.create_bucket(Bucket=BUCKET)
        yield S3(url, client, _user(url, admin, "reader", "s3:*"), _user(url, admin, "stranger", "sqs:*"))
        server.stop()


def _client(service: str, url: str, user: tuple[str, str]) -> Any:
    boto3 = needs("boto3", extra="clouds")
    key, secret = user
    return boto3.client(
        service, region_name="us-east-1", endpoint_url=url, aws_access_key_id=key, aws_secret_access_key=secret
    )


def _user(url: str, by: tuple[str, str], name: str, action: str) -> tuple[str, str]:
    """Make a user, and return the key and the secret."""
    iam = _client("iam", url, by)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]


@contextmanager
def asking_as(s3: S3, user: tuple[str, str] | None) -> Iterator[None]:
    """Let s3fs find the server and the credentials of a user in the environment, as it does with Amazon's."""
    s3fs = needs("s3fs", extra="clouds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", s3.url)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        for name, value in zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), user or (None, None), strict=True):
            patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="session")
def gcs() -> Iterator[str]:
    server = needs("gcp_storage_emulator.server", extra="clouds").create_server(
        "127.0.0.1", 0, in_memory=True, default_bucket=BUCKET
    )
    server.start()
    host, port = server._api._httpd.socket.getsockname()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["S3", "Google Cloud Storage"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each of both, as the environment tells the file systems of it."""
    if request.param == "S3":
        s3: S3 = request.getfixturevalue("s3")
        with asking_as(s3, s3.reader):
            yield Store(
                "s3",
                lambda name, content: s3.client.put_object(Bucket=BUCKET, Key=name, Body=content),
                lambda name: s3.client.delete_object(Bucket=BUCKET, Key=name),
            )
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", request.getfixturevalue("gcs"))
        patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # it asks by gRPC, which the server does not speak
        gcsfs = needs("gcsfs", extra="clouds")
        gcsfs.GCSFileSystem.clear_instance_cache()
        writer = gcsfs.GCSFileSystem(token="anon", use_listings_cache=False)
        yield Store(
            "gs",
            lambda name, content: writer.pipe(f"{BUCKET}/{name}", content),
            lambda name: writer.rm(f"{BUCKET}/{name}"),
        )
        gcsfs.GCSFileSystem.clear_instance_cache()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def domo(emulator: Emulator) -> Iterator[Domo]:
    emulator.reset()
    with emulator.sync_client() as domo:
        yield domo


@pytest.fixture
def orders(domo: Domo) -> str:
    return domo.datasets.create("Orders", {"id": "LONG", "name": "STRING"}).id

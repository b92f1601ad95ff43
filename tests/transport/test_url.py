"""Paths from templates and from callers."""

from __future__ import annotations

from urllib.parse import unquote
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError
from domo_async._transport import raw_url, url


def is_identifier(text: str) -> bool:
    return text.strip() not in {"", ".", ".."}


identifiers = st.text(st.characters(exclude_categories=["Cs"])).filter(is_identifier)


@given(identifiers, identifiers)
def test_whatever_an_identifier_holds_the_route_stays_the_same(first, second):
    path = url("/api/x/{}/parts/{}", first, second).path

    segments = path.split("/")
    assert ["", "api", "x"] == segments[:3]
    assert [first, "parts", second] == [unquote(segment) for segment in segments[3:]]
    assert path.isascii()
    assert not set(path) & set("?# \n")


@pytest.mark.parametrize("bad", ["", " ", ".", "..", " .. ", True, None, 1.5, "\ud800"])
def test_a_value_that_is_not_an_identifier_is_refused(bad):
    with pytest.raises(ConfigError):
        url("/api/x/{}", bad)


def test_whole_numbers_are_identifiers():
    assert "/api/x/17" == url("/api/x/{}", 17).path


def test_what_frames_hold_as_identifiers_are_identifiers():
    number, uuid = np.int64(1001), UUID("9a1c5f0e-0000-4000-8000-000000000001")

    assert "/api/1001/9a1c5f0e-0000-4000-8000-000000000001" == url("/api/{}/{}", number, uuid).path  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="not bool"):
        url("/api/{}", np.bool_(True))  # type: ignore[arg-type]


def test_a_caller_s_path_is_quoted_once():
    assert "/api/a%20b/c%2Fd" == raw_url("/api/a b/c%2Fd").path


@pytest.mark.parametrize(
    "bad", ["api/x", "//evil.com/x", "https://evil.com/", "/api/../x", "/api/%2e%2E/x", "/a?b=c", "/a#b", ""]
)
def test_a_caller_s_path_stays_on_the_instance(bad):
    with pytest.raises(ConfigError):
        raw_url(bad)


@pytest.mark.parametrize(
    ("template", "family"),
    [
        ("/api/search/v1/query", "search"),
        ("/api/data/v3/datasources/{}", "data"),
        ("/domo/workflow/v1/x", "domo"),
    ],
)
def test_the_family_is_the_first_word_after_api(template, family):
    assert family == url(template).family if "{" not in template else url(template, "1").family

"""Which options keep a configuration from the direct engine."""

from __future__ import annotations

import pytest

from storage_core.backends.drivers.clouds.google.service import Service
from storage_core.backends.drivers.direct.gcs import open_gcs_direct, what_is_beyond


def test_options_that_only_gcsfs_understands_are_named() -> None:
    assert what_is_beyond({}) == []
    plain = {"project": "p", "requester_pays": True, "token": "anon", "endpoint_url": "http://h"}
    assert what_is_beyond({**plain, "consistency": "md5", "block_size": 1}) == []
    assert what_is_beyond({"session_kwargs": {}, "access": "read_only", "new": 1}) == [
        "session_kwargs",
        "access",
        "new",
    ]


@pytest.mark.parametrize(
    ("settings", "variables", "expected"),
    [
        ({}, {}, Service("https://storage.googleapis.com")),
        ({"endpoint_url": "http://h:1/x/"}, {}, Service("http://h:1/x")),
        ({}, {"STORAGE_EMULATOR_HOST": "h:4443"}, Service("http://h:4443")),
        ({}, {"STORAGE_EMULATOR_HOST": "https://h"}, Service("https://h")),
        ({}, {"STORAGE_EMULATOR_HOST": "default"}, Service("https://storage.googleapis.com")),
        ({}, {"GOOGLE_CLOUD_UNIVERSE_DOMAIN": "u.goog"}, Service("https://storage.u.goog")),
        (
            {"options": {"token": "anon"}},
            {"GOOGLE_CLOUD_UNIVERSE_DOMAIN": "u.goog", "STORAGE_EMULATOR_HOST": "h:4443"},
            Service("https://storage.googleapis.com"),
        ),
        (
            {"project": "p", "options": {"requester_pays": True}},
            {},
            Service("https://storage.googleapis.com", "p", True),
        ),
        (
            {"project": "p", "options": {"requester_pays": "q", "endpoint_url": "http://h"}},
            {"GCSFS_DEFAULT_PROJECT": "r"},
            Service("http://h", "p", "q"),
        ),
        (
            {},
            {"GCSFS_DEFAULT_PROJECT": "r"},
            Service("https://storage.googleapis.com", "r"),
        ),
    ],
)
def test_where_requests_go_and_who_pays(
    settings: dict[str, object],
    variables: dict[str, str],
    expected: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    backend = open_gcs_direct("bucket", timeout=1, **settings)  # type: ignore[arg-type]
    assert backend._policy.driver._opened.service == expected  # type: ignore[attr-defined]

"""Times as HTTP writes them."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from storage_core.backends.drivers.direct.azure.times import read, written


def test_every_moment_is_written_as_the_standard_library_does_and_read_again() -> None:
    chance = random.Random(20261129)
    for _ in range(1000):
        moment = datetime.fromtimestamp(chance.randrange(4_000_000_000), UTC)
        text = written(moment.timestamp())
        assert text == format_datetime(moment, usegmt=True)
        assert read(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 29 Nov 2026 04:05:06 +0200", datetime(2026, 11, 29, 2, 5, 6, tzinfo=UTC)),
        ("Sunday, 29-Nov-26 04:05:06 GMT", datetime(2026, 11, 29, 4, 5, 6, tzinfo=UTC)),
        ("Sun, 29 Feb 2026 04:05:06 GMT", None),
        ("Sun, 29 Xxx 2026 04:05:06 GMT", None),
        ("Sun, 29 Nov 2026 24:05:06 GMT", None),
        ("Sun, 99 Nov 2026 04:05:06 GMT", None),
        ("2026-11-29T04:05:06Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_another_form_is_understood_and_what_is_no_time_is_none(
    text: str, moment: datetime | None
) -> None:
    assert read(text) == moment

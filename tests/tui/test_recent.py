"""What the app knows of a storage's newest blobs once they were listed."""

from __future__ import annotations

from pathlib import Path

from tests.tui.browsing import filled
from tests.tui.driving import opened, press, the_list
from tui.session.recent import NEWEST


async def test_the_newest_blobs_of_the_last_listing_are_known_on_the_list(tmp_path: Path) -> None:
    async with opened(filled(tmp_path)) as pilot:
        session, row = pilot.app.session, the_list(pilot).row  # type: ignore[attr-defined]
        # Moving the cursor lists nothing.
        await press(pilot, "j", "k")
        assert session.recent.of(row) is None
        await press(pilot, "b", "escape")
        seen = session.recent.of(row)
        assert seen.total == 5
        assert [blob.name for blob in seen.blobs] == ["delta", "alpha", "charlie", "bravo", "echo"]
        assert len(seen.blobs) <= NEWEST
        # What was there says nothing about another place.
        assert session.recent.of(row._replace(location="elsewhere")) is None

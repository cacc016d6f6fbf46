"""The details beside the list: whole for each row, whatever was shown before."""

from __future__ import annotations

from pathlib import Path

from tests.tui.driving import press, screen_text, settle, words, write
from tui.app import StorageApp
from tui.features.configurations.detail import Detail

LONG_AND_SHORT = """\
[storage.long]
type = "s3"
bucket = "acme-results"
region_name = "eu-west-1"
aws_access_key_id = "env:A"
aws_secret_access_key = "env:B"
aws_session_token = "env:C"
profile_name = "work"
prefix = "team-a"
endpoint_url = "http://127.0.0.1:9000"
timeout = 5

[storage.short]
type = "local"
storage_path = "/data/storage"
"""


async def test_details_that_outgrow_the_pane_scroll_and_others_do_not(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", LONG_AND_SHORT)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        detail = pilot.app.screen.query_one(Detail)
        await press(pilot, "l", "end")
        assert "s3://acme-results/team-a/results/…" in screen_text(pilot)
        await press(pilot, "h", "j")
        assert detail.max_scroll_y == 0
        assert "/data/storage/results/…" in screen_text(pilot)
        await press(pilot, "k")
        assert "not tested yet; t does it" in screen_text(pilot)
        assert detail.max_scroll_y > 0
        await pilot.resize_terminal(120, 50)
        await settle(pilot)
        assert detail.max_scroll_y == 0
        assert "s3://acme-results/team-a/results/…" in " ".join(screen_text(pilot).split())


async def test_what_cannot_be_opened_says_so_before_it_is_tested(tmp_path: Path) -> None:
    path = write(
        tmp_path / "storage.toml",
        '[storage.lone]\ntype = "s3"\nbucket = "acme"\naws_access_key_id = "env:AN_ID"\n',
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        text = words(pilot)
        assert "⚠ It cannot be opened: AWS Secret Access Key" in text

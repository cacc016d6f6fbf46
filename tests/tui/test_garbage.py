"""An app that is open for days needs no more memory than one that was opened just now."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from tests.tui.driving import press, settle, the_list, write
from tui.app import ALONE, StorageApp
from tui.features.form.screen import FormScreen


async def test_a_form_that_was_saved_from_is_given_back_when_nobody_is_there(
    tmp_path: Path,
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml"))
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert isinstance(app.screen, FormScreen)
        form = weakref.ref(app.screen)
        await press(pilot, "end", "x", "ctrl+s")
        assert app.screen is the_list(pilot)
        # Textual forgets who watches the app when there is something to tell.
        await press(pilot, "f5")
        app.touched -= 2 * ALONE
        while form() is not None:
            await pilot.pause(0.1)
        # The thread may not be done yet when the form is gone.
        while not gc.get_freeze_count():
            await pilot.pause(0.1)

"""`Saving`: writes the values of a form to the file, asks about conflicts, leaves the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.printable import printable
from tui.kit.text import one_word
from tui.session import draft
from tui.session.background import in_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.config.model.entry import Entry
    from tui.features.form.entered import Entered
    from tui.kit.screen import FullScreen
    from tui.session.session import Session

    ShowFaults = Callable[[dict[str, str | None]], Awaitable[None]]


class Saving:
    """Saves and leaves a form.

    Args:
        screen: the form; its result is the name saved under.
        session: has the file.
        entered: has the values entered.
        show_faults: shows what is wrong, by setting.
    """

    def __init__(
        self,
        screen: FullScreen[str | None],
        session: Session,
        entered: Entered,
        show_faults: ShowFaults,
    ) -> None:
        self._screen, self._session, self._entered = screen, session, entered
        self._show_faults = show_faults

    async def save(self, *, force: bool = False, default: bool = False) -> None:
        """Write the settings into the file.

        Args:
            force: write even if the configuration was changed in the file meanwhile.
            default: make a new configuration the default.
        """
        from storage_core.declaration.validation import InvalidSettings

        entered = self._entered
        for field in entered.fields():
            field.show_fault(None)
        name, values, entry, cls = entered.name, entered.values(), entered.entry, entered.cls
        try:
            if entry is None:
                # Report wrong settings before the file is locked or created.
                await in_thread(lambda: draft.configuration(cls, values))
                saved = await self._session.change(
                    f"new {one_word(name)}",
                    lambda edit: draft.save_new(edit, cls, values, name, default=default),
                )
            elif draft.is_same(cls, entry, changes := entered.changes(), name):
                saved = entry.name
            else:
                saved = await self._session.change(
                    _label(entry.name, name, bool(changes) or entry.type != cls.type),
                    lambda edit: draft.save_edit(edit, cls, entry, changes, name, force=force),
                )
        except InvalidSettings as error:
            faults = draft.faults(cls, error)
            if not name.strip():
                faults["name"] = "is required"
            await self._show_faults(faults)
        except draft.WrongName as error:
            faults = await in_thread(lambda: draft.faults_of(cls, values))
            await self._show_faults(
                {**faults, "name": str(error) if name.strip() else "is required"}
            )
        except draft.ChangedMeanwhile as error:
            await self._settle(error.current)
        else:
            await self._saved(saved, values)
            self._screen.dismiss(saved)

    async def _saved(self, name: str, values: dict[str, Any]) -> None:
        """Say that it is saved, and what is doubtful about it."""
        self._remember_test(name)
        cls, entry, app = self._entered.cls, self._session.entries.get(name), self._screen.app
        doubts, cautions = await in_thread(
            lambda: (draft.doubts(cls, values), draft.cautions(cls, values))
        )
        old = self._entered.entry.name if self._entered.entry else name
        problems = entry.problems if entry else ()
        told = []
        if old != name:
            told.append(
                f"Renamed {one_word(old)} to {one_word(name)}{self._session.still_default(name)}."
            )
        elif not problems:
            is_new_default = self._entered.entry is None and name == self._session.default
            told.append(f"Saved {one_word(name)}{'; it is the default now' * is_new_default}.")
        labels = {setting.name: setting.label for setting in cls.settings()}
        for setting, doubt in doubts.items():
            told.append(f"It cannot be opened yet: {labels.get(setting, setting)} {doubt}.")
        for setting, caution in cautions.items():
            told.append(f"{labels.get(setting, setting)}: {printable(caution)}.")
        if problems:
            told += [
                f"{printable(str(each))}; only a text editor can mend that." for each in problems
            ]
            app.fail(" ".join(told))
        else:
            # In one message, since a second would replace the first.
            doubtful = bool(doubts or cautions)
            app.say(" ".join(told), severity="warning" if doubtful else "information")

    def _remember_test(self, name: str) -> None:
        """Keep the result of a test if the settings are those that were tested."""
        entry = self._session.entries.get(name)
        if self._entered.tested is None or entry is None or entry.configuration is None:
            return
        tried, result = self._entered.tested
        if entry.configuration.given() == tried.given():
            self._session.tested(entry.id, entry, result)

    async def _settle(self, current: Entry | None) -> None:
        """Ask which version to keep of a configuration that was changed in the file meanwhile."""
        from tui.features.form.conflict import ConflictDialog

        entered = self._entered
        assert entered.entry is not None
        mine = {**entered.given, **entered.changes()}
        answer = await self._screen.ask(ConflictDialog(entered.entry, current, mine))
        if answer == "theirs":
            self._screen.dismiss(None)
        elif answer == "mine":
            if current is None:
                entered.entry = None
            await self.save(force=True)

    async def leave(self) -> None:
        """Go back to the list; asks first if there are changes."""
        from tui.kit.ask import Ask

        if not self._entered.changed:
            self._screen.dismiss(None)
            return
        answer = await self._screen.ask(
            Ask(
                "Leave without saving?",
                "What you have entered is not saved yet.",
                [("keep", "Keep editing"), ("discard", "Discard"), ("save", "Save")],
                focus="keep",
                about=self._entered.about,
            )
        )
        if answer == "discard":
            self._screen.dismiss(None)
        elif answer == "save":
            await self.save()


def _label(old: str, new: str, settings: bool) -> str:
    """What undo calls it."""
    before, after = one_word(old), one_word(new.strip())
    if old == new.strip():
        return f"edit {before}"
    return f"edit {before} and rename it to {after}" if settings else f"rename {before} to {after}"

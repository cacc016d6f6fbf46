"""Figure 7: edits drawn at random say what they should, and touch nothing else.

What an edit should do is worked out here on plain dictionaries, and what it must not touch is known
from how the file was drawn: neither asks the code under test.
"""

from __future__ import annotations

import copy
import tomllib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage_core.config.toml import edit
from storage_core.config.toml.text import TextError
from tests.config.toml_files import NAMES, File, Path, canonical, files, keys, values
from tests.figures import Figure

Checked = Callable[[File, st.DataObject], None]
tally: Counter[str] = Counter()


class Sequence:
    """A file, the edits made to it, and what it should say by now."""

    def __init__(self, file: File, *, may_refuse: bool) -> None:
        self.file = file
        self.may_refuse = may_refuse
        self.text = file.text
        self.data = file.data
        self.drawn_as = {name: name for name in self.storages}
        """The name in `file` of each table that has come from there."""
        self.touched: set[Path] = set()
        self.removed: set[Path] = set()
        self.grown: set[Path] = set()
        """Storages that were given a table; it may stand behind comments that stood behind them."""

    @property
    def storages(self) -> dict[str, Any]:
        found = self.data.get("storage", {})
        assert isinstance(found, dict)
        return found

    def apply(self, data: st.DataObject) -> None:
        """One edit drawn at random, and all checks."""
        actions = ["add", "root"]
        if self.storages:
            actions += ["update", "update", "update", "nested", "remove", "rename"]
        action = data.draw(st.sampled_from(actions), "action")
        new = copy.deepcopy(self.data)
        touched: list[Path] = []
        removed: list[Path] = []
        gained: list[object] = []
        storages = new.setdefault("storage", {})
        name = data.draw(st.sampled_from(sorted(storages)), "name") if storages else ""
        path = ("storage", name)
        edited: Callable[[], str]
        if action == "add":
            free = [each for each in (*NAMES, "b1", "b2") if each not in storages]
            path = ("storage", data.draw(st.sampled_from(free), "new name"))
            table = data.draw(st.dictionaries(keys, values, max_size=4), "table")
            touched = [path]
            storages[path[1]] = copy.deepcopy(table)
            if not self.text.strip("\ufeff \t\r\n"):
                new["version"] = 1
            edited = lambda: edit.add_table(self.text, path, table)  # noqa: E731
        elif action == "root":
            key = data.draw(st.sampled_from(("default", "version", "other")), "key")
            value = data.draw(st.none() | st.text(max_size=8) | st.integers(), "value")
            touched = [(key,)]
            if value is None:
                new.pop(key, None)
                removed = touched
            else:
                if not self.text.strip("\ufeff \t\r\n"):
                    new["version"] = 1
                new[key] = value
            edited = lambda: edit.set_root(self.text, key, value)  # noqa: E731
        elif action == "remove":
            del storages[name]
            removed = touched = [path]
            edited = lambda: edit.remove_table(self.text, path)  # noqa: E731
        elif action == "rename":
            free = [each for each in (*NAMES, "b1", "b2") if each not in storages]
            other = data.draw(st.sampled_from(free), "new name")
            storages[other] = storages.pop(name)
            touched = [path]
            edited = lambda: edit.rename_table(self.text, path, other)  # noqa: E731
        else:
            changes: dict[str, Any] = data.draw(
                st.dictionaries(keys, st.none() | values, min_size=1, max_size=3), "changes"
            )
            tables = sorted(key for key, value in storages[name].items() if isinstance(value, dict))
            if action == "nested" and tables:
                key = data.draw(st.sampled_from(tables), "table")
                nested = copy.deepcopy(storages[name][key])
                for inner, value in changes.items():
                    touched.append((*path, key, inner))
                    if value is None:
                        nested.pop(inner, None)
                        removed.append(touched[-1])
                    else:
                        nested[inner] = value
                if not nested:
                    removed = touched = [(*path, key)]
                changes = {key: nested}
            else:
                touched = [(*path, key) for key in changes]
                removed = [(*path, key) for key, value in changes.items() if value is None]
            gained = list(changes.values())
            for key, value in changes.items():
                if value is None:
                    storages[name].pop(key, None)
                else:
                    storages[name][key] = copy.deepcopy(value)
            edited = lambda: edit.update_table(self.text, path, changes)  # noqa: E731
        try:
            text = edited()
        except TextError:
            tally["refused"] += 1
            if not self.may_refuse:
                raise
            return
        tally["edits"] += 1
        assert _meant(tomllib.loads(text.removeprefix("\ufeff"))) == _meant(new)
        self.text, self.data = text, tomllib.loads(text.removeprefix("\ufeff"))
        self.touched.update(map(self.in_file, touched))
        self.removed.update(map(self.in_file, removed))
        if action in ("update", "nested") and any(isinstance(each, dict) for each in gained):
            self.grown.add(self.in_file(path))
        if action == "remove":
            self.drawn_as.pop(name, None)
        elif action == "rename" and name in self.drawn_as:
            self.drawn_as[other] = self.drawn_as.pop(name)
        self.check()

    def in_file(self, path: Path) -> Path:
        """`path` as it was called when the file was drawn."""
        if path[:1] != ("storage",):
            return path
        return ("storage", self.drawn_as.get(path[1], f"new {path[1]}"), *path[2:])

    def check(self) -> None:
        """What no edit was about stands where it stood."""
        at = 0
        above: Path = ()
        for piece in self.file.pieces:
            above = piece.path or above
            if not piece.path and above[:2] in self.grown and _concerned(above, self.removed):
                continue  # It stood between tables that went.
            if not _concerned(piece.path, self.touched):
                found = self.text.find(piece.text, at)
                assert found >= 0, f"lost: {piece.text!r}"
                at = found + len(piece.text)
            elif piece.comment and not any(
                piece.path[: len(path)] == path or path[: len(piece.path)] == piece.path
                for path in self.removed
            ):
                assert piece.comment in self.text
        assert self.text.startswith("\ufeff") == self.file.bom
        if self.file.newlines == ["\n"]:
            assert "\r" not in self.text
        if self.file.newlines == ["\r\n"] and "\n" in self.file.text.lstrip("\ufeff\r\n"):
            assert self.text.count("\n") == self.text.count("\r\n")


def _concerned(path: Path, touched: set[Path]) -> bool:
    return bool(path) and any(
        path[: len(other)] == other or other[: len(path)] == path for other in touched
    )


def _meant(data: dict[str, Any]) -> object:
    """An empty `storage` table is none."""
    return canonical({key: value for key, value in data.items() if (key, value) != ("storage", {})})


def _checks(odd: bool, examples: int) -> Callable[[], None]:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(files(odd=odd), st.data())
    def check(file: File, data: st.DataObject) -> None:
        sequence = Sequence(file, may_refuse=odd)
        tally["sequences"] += 1
        for _ in range(data.draw(st.integers(1, 5), "edits")):
            sequence.apply(data)

    return check


def run(odd: bool, examples: int) -> Counter[str]:
    tally.clear()
    _checks(odd, examples)()
    return tally


def test_edits_of_storage_tables_are_right_and_never_refused() -> None:
    assert run(odd=False, examples=40)["refused"] == 0


def test_edits_of_tables_in_other_forms_are_right_or_refused() -> None:
    result = run(odd=True, examples=20)
    assert result["edits"] > result["refused"]


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_7_a_thousand_edit_sequences(figure: Figure) -> None:
    plain = Counter(run(odd=False, examples=600))
    odd = Counter(run(odd=True, examples=400))
    figure(
        7,
        f"{plain['sequences'] + odd['sequences']} edit sequences",
        f"{plain['edits'] + odd['edits']} edits equal to the intended, 0 lines of others changed; "
        f"refused: {plain['refused']} in [storage.NAME] tables, {odd['refused']} in other forms",
    )
    assert plain["refused"] == 0

"""Figure 7 with layers: edits drawn at random, beside a model, while files beneath change.

The small version runs in the default suite; the full one hands in its numbers.
"""

from __future__ import annotations

import copy
import os
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from storage_core import ConfigFile, LocalStorage
from storage_core.config.transaction import Transaction
from storage_core.errors import StorageError
from tests.figures import Figure
from tests.reliability.layer_model import MORE, NAMES, OWN, Model, Refused

Call = Callable[[], object]


class Sequence:
    """Files, the edits made to one's own, and a model of what they mean."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seed = seed
        self.chance = Random(seed)
        has_more = self.chance.random() < 0.3
        self.model = Model(folder, self.chance, has_more=has_more)
        paths = [str(self.model.files[name].path) for name in (OWN, MORE)[: 1 + has_more]]
        os.environ["STORAGE_CONFIG"] = os.pathsep.join(paths)
        self.file = ConfigFile()
        self.tally: Counter[str] = Counter()

    def run(self, steps: int) -> Counter[str]:
        self.check()
        for _ in range(steps):
            if self.chance.random() < 0.25:
                self.model.draw(self.chance.choice([*self.model.files][1:]))
                self.tally["layers changed"] += 1
            elif self.chance.random() < 0.3:
                with self.file.transaction() as edit:
                    for _ in range(self.chance.randint(1, 4)):
                        self.edit(edit)
                        self.agrees(edit)
            else:
                self.edit(self.file)
            self.check()
        return self.tally

    # ---- edits

    def ref(self) -> str:
        """A name, or the ID of something, be it hidden."""
        kind = self.chance.random()
        if kind < 0.5 and self.model.own.storage:
            return self.chance.choice([*self.model.own.storage])
        if kind < 0.8:
            return self.chance.choice(NAMES)
        files = [each for each in self.model.files.values() if each.is_readable]
        ids = [each.id_of(name) for each in files for name in each.storage]
        return self.chance.choice([*ids, "61354abf-7cc8-4c2c-b890-78b1f985a9fb"])

    def edit(self, target: ConfigFile | Transaction) -> None:
        """One edit drawn at random: done, or refused, as the model says."""
        before = copy.deepcopy(self.model.own), dict(self.model.lines)
        bytes_before = self.model.own.path.read_bytes()
        model, real = self.drawn(target)
        expected: type[Exception] | None = None
        try:
            model()
        except Refused as refused:
            expected = refused.kind
            vars(self.model.own).update(vars(before[0]))
            self.model.lines = before[1]
        error = _refused(real)
        assert type(error) is (expected or type(None)), (self.seed, expected, error)
        if error:
            assert "\n" not in str(error)
            assert self.model.own.path.read_bytes() == bytes_before
        else:
            self.learn(target, {*before[0].storage})
        self.tally["refused" if error else "edits"] += 1

    def learn(self, target: ConfigFile | Transaction, before: set[str]) -> None:
        """The IDs of what is new, which the code under test draws."""
        loaded = target.load()
        for name, table in self.model.own.storage.items():
            if name not in before:
                table.setdefault("id", loaded.entries[name].id)

    def drawn(self, target: ConfigFile | Transaction) -> tuple[Call, Call]:
        """An edit of the model, and of the file."""
        chance, model = self.chance, self.model
        ref, name = self.ref(), chance.choice([*NAMES, "new", "newer"])
        kind = chance.choice(
            [
                "add",
                "update",
                "update",
                "rename",
                "rename",
                "delete",
                "duplicate",
                "copy",
                "set",
                "reset",
            ]
        )
        if kind == "add":
            place, default = f"/added/{model.number()}", chance.random() < 0.3
            return (
                lambda: model.add(name, place, default=default),
                lambda: target.add(LocalStorage(storage_path=place), name, default=default),
            )
        if kind == "update":
            changes: dict[str, Any] = chance.choice(
                [
                    {"storage_path": f"/new/{model.number()}"},
                    {"tags": [f"n{model.number()}"]},
                    {"tags": None},
                    {"storage_path": f"/new/{model.number()}", "tags": None},
                ]
            )
            return lambda: model.update(ref, changes), lambda: target.update(ref, **changes)
        if kind == "rename":
            if model.own.storage and chance.random() < 0.7:
                # What a layer beneath may have made the default.
                ref = chance.choice([*model.own.storage])
            return lambda: model.rename(ref, name), lambda: target.rename(ref, name)
        if kind == "delete":
            if isinstance(target, Transaction) and len(model.own.storage) > 1:
                refs = chance.sample([*model.own.storage], 2)
                return lambda: model.delete(refs), lambda: target.delete_all(refs)
            return lambda: model.delete([ref]), lambda: target.delete(ref)
        if kind in ("duplicate", "copy"):
            new, here = (ref, True) if kind == "copy" else (name, chance.random() < 0.5)
            new = new if new in NAMES else name
            return (
                lambda: model.duplicate(ref, new, here=here),
                lambda: target.duplicate(ref, new, here=here),
            )
        if kind == "set":
            return lambda: model.set_default(ref), lambda: target.set_default(ref)
        return model.reset_default, target.reset_default

    # ---- what has to hold

    def check(self) -> None:
        """What is in the files, and what it means."""
        model, own = self.model, self.model.own
        text = own.path.read_bytes().decode()
        data = tomllib.loads(text)
        expected: dict[str, Any] = {"include": [*model.paths_in(own)], **model.others}
        expected |= {} if own.default is None else {"default": own.default}
        expected |= {"storage": own.storage} if own.storage else {}
        data = {key: value for key, value in data.items() if (key, value) != ("storage", {})}
        assert data == expected, self.seed
        lines = text.splitlines(keepends=True)
        assert {line[len(line.rstrip("\r\n")) :] for line in lines} == {model.newline}, self.seed
        kept = {*model.lines.values()}
        found = [each for line in lines if (each := line.rstrip("\r\n")) in kept]
        assert found == [*model.lines.values()], self.seed
        for file in [*model.files.values()][1:]:
            if file.is_readable:
                assert file.path.read_text() == model.text_of(file), self.seed
        self.agrees(self.file)

    def agrees(self, real: ConfigFile | Transaction) -> None:
        """What is found is what the model finds, in each way in which it can be asked for."""
        model, loaded = self.model, real.load()
        visible = model.visible()
        assert [*loaded.entries] == [*visible], self.seed
        for name, meant in visible.items():
            entry = loaded.entries[name]
            assert (entry.origin, entry.is_own) == (str(meant.file.path), meant.file is model.own)
            assert (entry.configuration is None) == meant.is_doubtful, (self.seed, name)
        assert [(each.name, each.origin) for each in loaded.hidden] == model.hidden(), self.seed
        layers = [str(each.path) for each in model.order() if each]
        assert [each.source for each in loaded.layers if not each.failure] == layers, self.seed
        if isinstance(real, ConfigFile):
            for ref in (*NAMES, "new", *(each.file.id_of(each.name) for each in visible.values())):
                told = _told(partial(_led, real, ref))
                assert told == _told(partial(_meant, model, ref)), (self.seed, ref)
            assert _told(partial(_led, real, None)) == _told(model.default), self.seed


def _led(file: ConfigFile, ref: str | None) -> str:
    found = file.get(ref)
    return found.location if found else ""


def _meant(model: Model, ref: str) -> str:
    return model.find(ref).opened()


def _refused(call: Call) -> StorageError | None:
    try:
        call()
    except StorageError as error:
        return error
    return None


def _told(call: Callable[[], str]) -> str | type[Exception]:
    """What it returns, or the kind of error."""
    try:
        return call()
    except Refused as refused:
        return refused.kind
    except StorageError as error:
        return type(error)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where each sequence gets a folder."""
    monkeypatch.setenv("STORAGE_CONFIG", "")
    for name in ("STORAGE_CONFIG_TEXT", "STORAGE_DEFAULT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(folder: Path, seeds: range, steps: int) -> Counter[str]:
    tally: Counter[str] = Counter()
    for seed in seeds:
        (place := folder / str(seed)).mkdir()
        tally += Sequence(place, seed).run(steps)
    return tally


def test_edits_above_layers_are_right_or_refused(folder: Path) -> None:
    tally = run(folder, range(8, 20), 12)
    assert min(tally[each] for each in ("edits", "refused", "layers changed")) > 20


@pytest.mark.reliability
@pytest.mark.timeout(1800)
def test_figure_7_edit_sequences_above_layers(folder: Path, figure: Figure) -> None:
    tally = run(folder, range(1000, 1600), 12)
    figure(
        7,
        "600 edit sequences above layers that change",
        f"{tally['edits']} edits equal to the model's, {tally['refused']} refused as it says, 0 "
        f"lines of others and 0 layers changed ({tally['layers changed']} were, by others)",
    )

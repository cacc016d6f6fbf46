"""Figures 1, 2, 6 and 7 with layers: a team's file beneath, replaced, damaged, in any order.

The small versions run in the default suite; the full ones hand in their numbers.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage_core import ConfigFile, ConfigurationError
from tests.children import Killable
from tests.figures import Figure

TEAM = '[storage.shared]\ntype = "local"\nstorage_path = "/{}"\n'


def replaced(path: Path, text: str) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(text)
    temporary.replace(path)


# --- 1: many writers of one's own file, while the one beneath is replaced ------------------------


def edits_beside_replacing(folder: Path, writers: int, edits: int) -> tuple[int, int]:
    """How many edits are kept, and how many reads of both layers meanwhile were right."""
    own, team = folder / "own.toml", folder / "team.toml"
    own.write_text('include = ["team.toml"]\n[storage.mine]\ntype = "local"\nstorage_path = "/m"\n')
    team.write_text(TEAM.format("one"))
    children = []
    for writer in range(writers):
        if (pid := os.fork()) == 0:
            try:
                for edit in range(edits):
                    _copy(ConfigFile(own), f"s-{writer}-{edit}")
                os._exit(0)
            finally:
                os._exit(1)
        children.append(pid)
    reads, running, failed = 0, set(children), 0
    while running:
        replaced(team, TEAM.format(("one", "two")[reads % 2]))
        found = ConfigFile(own).load()
        assert not found.problems
        assert found["shared"].location in ("/one", "/two")
        configuration = ConfigFile(own).get("shared")
        assert configuration is not None
        reads += 2
        for pid in [*running]:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                running.discard(pid)
                failed += status != 0
    assert not failed
    assert team.read_text() == TEAM.format(("one", "two")[(reads // 2 - 1) * 2 % 2])
    return sum(name.startswith("s-") for name in ConfigFile(own).load()), reads


def _copy(file: ConfigFile, name: str) -> None:
    """Copy what stands in the layer beneath; wait longer than a person would for one's turn."""
    until = time.monotonic() + 300
    while True:
        try:
            with file.transaction() as edit:
                assert not edit.find("shared").is_own
                edit.duplicate("shared", name)
            return
        except ConfigurationError as error:
            if "another program has been writing it" not in str(error) or time.monotonic() > until:
                raise


def test_edits_are_all_kept_while_a_layer_is_replaced(tmp_path: Path) -> None:
    kept, reads = edits_beside_replacing(tmp_path, writers=2, edits=4)
    assert kept == 8
    assert reads > 2


@pytest.mark.reliability
def test_figure_1_with_a_layer_that_is_being_replaced(tmp_path: Path, figure: Figure) -> None:
    kept, reads = edits_beside_replacing(tmp_path, writers=8, edits=50)
    figure(1, "the same, a layer being replaced", f"{kept} of 400 kept, 0 bad of {reads} reads")
    assert kept == 400


# --- 2: kill -9 -----------------------------------------------------------------------------------


def survived_kills(folder: Path, kills: int) -> int:
    """After how many kills both files were whole, and the layer as it was."""
    own, team = folder / "own.toml", folder / "team.toml"
    own.write_text('include = ["team.toml"]\n')
    team.write_text(TEAM.format("team"))
    moments = random.Random(20261129)

    def edit(begin: Callable[[], None]) -> None:
        begin()
        while True:
            ConfigFile(own).set_default("shared")
            ConfigFile(own).reset_default()

    whole = 0
    for _ in range(kills):
        child = Killable(edit)
        time.sleep(moments.uniform(0, 0.05))
        child.kill()
        found = ConfigFile(own).load()
        whole += not found.problems and team.read_text() == TEAM.format("team")
    return whole


def test_a_kill_leaves_both_files_whole(tmp_path: Path) -> None:
    assert survived_kills(tmp_path, 5) == 5


@pytest.mark.reliability
def test_figure_2_with_layers(tmp_path: Path, figure: Figure) -> None:
    whole = survived_kills(tmp_path, 200)
    figure(2, "the same, with a layer beneath", f"{whole} of 200 whole")
    assert whole == 200


# --- 6 and 7: any graph of files, beside a model that is simple -----------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing in it, the test's home neither."""
    made = tmp_path / "files"
    made.mkdir()
    return made


class Model:
    """What layers mean, written as plainly as can be."""

    def __init__(self, folder: Path, seed: int) -> None:
        chance = random.Random(seed)
        self.folder = folder
        self.includes: dict[str, list[str]] = {}
        self.names: dict[str, list[str]] = {}
        self.default: dict[str, str | None] = {}
        files = [f"f{number}.toml" for number in range(chance.randint(1, 8))]
        for path in files:
            known = [*files, "gone.toml"] if chance.random() < 0.3 else files
            self.includes[path] = chance.choices(known, k=chance.randint(0, 3))
            self.names[path] = chance.sample("abcde", chance.randint(0, 4))
            self.default[path] = chance.choice([None, None, "", *"abc"])
            lines = [f"include = {json.dumps(self.includes[path])}"]
            if self.default[path] is not None:
                lines.append(f"default = {json.dumps(self.default[path])}")
            lines += [
                f'[storage.{name}]\ntype = "local"\nstorage_path = "/{path}/{name}"'
                for name in self.names[path]
            ]
            (folder / path).write_text("\n".join(lines) + "\n")
        self.order: list[str | None] = []
        """The files in their order; None: one that cannot be read."""
        self._walk("f0.toml", ())

    def _walk(self, path: str, above: tuple[str, ...]) -> None:
        if path in above or path in self.order:
            return
        if len(above) > 5 or path not in self.includes:
            self.order.append(None)
            return
        self.order.append(path)
        for each in self.includes[path]:
            self._walk(each, (*above, path))

    def place(self, name: str) -> str | None:
        """Where a name leads; None: nobody can tell; empty: it is not defined."""
        for path in self.order:
            if path is None or name in self.names[path]:
                return path and f"/{path}/{name}"
        return ""

    def default_place(self) -> str | None:
        for path in self.order:
            if path is None:
                return None
            if (default := self.default[path]) is not None:
                return "built in" if default == "" else self.place(default)
        return "built in"


def got(file: ConfigFile, ref: str | None) -> str:
    try:
        found = file.get(ref)
    except ConfigurationError:
        return ""
    return found.location if found else "built in"


def agrees(folder: Path, seed: int) -> None:
    model, file = Model(folder, seed), ConfigFile(folder / "f0.toml")
    found = file.load()
    assert [Path(each.source).name for each in found.layers if not each.failure] == [
        each for each in model.order if each
    ]
    for name in "abcde":
        place = model.place(name)
        assert got(file, name) == (place or ""), (seed, name)
        assert (found[name].location if name in found else "") == (place or ""), (seed, name)
    assert got(file, None) == (model.default_place() or ""), seed
    for path in folder.iterdir():
        path.unlink()


def test_layers_mean_what_a_simple_model_says(folder: Path) -> None:
    for seed in range(60):
        agrees(folder, seed)


@pytest.mark.reliability
def test_figure_7_with_layers(folder: Path, figure: Figure) -> None:
    for seed in range(1000, 3000):
        agrees(folder, seed)
    figure(7, "random graphs of layers beside a model", "2000 of 2000 agree")


def fuzzed(folder: Path, seeds: range) -> float:
    """The longest time that a graph of damaged files took; nothing but our errors is raised."""
    longest = 0.0
    for seed in seeds:
        Model(folder, seed)
        chance = random.Random(seed)
        for path in folder.iterdir():
            data = bytearray(path.read_bytes())
            for _ in range(chance.randint(0, 3)):
                at = chance.randrange(len(data) + 1)
                data[at : at + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 3))
            path.write_bytes(data)
        before = {path: path.read_bytes() for path in folder.iterdir()}
        begun = time.monotonic()
        file = ConfigFile(folder / "f0.toml")
        try:
            str(file.load().problems)
        except ConfigurationError:
            pass
        for ref in ("a", None):
            got(file, ref)
        longest = max(longest, time.monotonic() - begun)
        assert {path: path.read_bytes() for path in folder.iterdir()} == before
        for path in before:
            path.unlink()
    return longest


def test_damaged_layers_raise_nothing_but_our_errors(folder: Path) -> None:
    fuzzed(folder, range(60))


@pytest.mark.reliability
def test_figure_6_with_layers(folder: Path, figure: Figure) -> None:
    longest = fuzzed(folder, range(10_000, 12_500))
    what = "2,500 graphs of damaged layers, some 11,000 files"
    figure(6, what, f"0 uncaught, 0 written, longest {longest:.2f} s")
    assert longest < 1

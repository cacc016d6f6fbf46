"""What edits of one's own file mean while layers lie beneath it, written as plainly as can be.

Nothing here asks the code under test: order, what a name means, the default, what is refused and
what one's own file has to say afterwards are worked out on plain dictionaries.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from storage_core import ConfigConflict, ConfigurationError, StorageNotFound

NAMES = ("a", "b", "team share", "d.e", "日本")
OWN, MORE = "own", "more"
DEEPEST = 5


class Refused(Exception):
    """An edit has to be refused with this kind of error."""

    def __init__(self, kind: type[ConfigurationError] | type[ConfigConflict]) -> None:
        super().__init__(kind)
        self.kind = kind


NOT_FOUND = Refused(StorageNotFound)
CONFLICT = Refused(ConfigConflict)
WRONG = Refused(ConfigurationError)


@dataclass
class LayerFile:
    """A file, and what it says."""

    path: Path
    includes: list[str] = field(default_factory=list)
    default: str | None = None
    storage: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_readable: bool = True

    def id_of(self, name: str) -> str:
        given = self.storage[name].get("id")
        return str(given or uuid5(NAMESPACE_URL, f"storage:{name}"))

    def location_of(self, name: str) -> str:
        return str(self.path.parent / self.storage[name]["storage_path"])


@dataclass(frozen=True)
class Meant:
    """What a name or an ID leads to."""

    name: str
    file: LayerFile
    is_doubtful: bool
    """Whether a nearer layer cannot be read, and may define the same name."""

    def opened(self) -> str:
        """Where it leads."""
        if self.is_doubtful:
            raise WRONG
        return self.file.location_of(self.name)


class Model:
    """Some files in two folders, of which one is one's own.

    Args:
        folder: an empty one.
        chance: draws everything.
        has_more: whether there is another file that lies beneath all that one's own includes.
    """

    def __init__(self, folder: Path, chance: Random, *, has_more: bool) -> None:
        self.chance = chance
        self.serial = 0
        (folder / "team").mkdir()
        names = [OWN, *(f"f{number}" for number in range(chance.randint(1, 5)))]
        names += [MORE] if has_more else []
        self.files = {
            name: LayerFile(folder / ("" if place % 2 == 0 else "team") / f"{name}.toml")
            for place, name in enumerate(names)
        }
        self.newline = chance.choice(["\n", "\n", "\r\n"])
        self.others = {"app": {"theme": "x"}, "tool": {"storage": {"a": 1}}}
        """What one's own file says besides."""

        for name in names:
            self.draw(name)
        self.lines: dict[tuple[str, str], str] = {}
        """Lines of one's own file that are to stay: by table and key."""

        self._write_own()

    # ---- files

    @property
    def own(self) -> LayerFile:
        return self.files[OWN]

    def number(self) -> int:
        self.serial += 1
        return self.serial

    def draw(self, name: str) -> None:
        """Have a file say something else, or nothing that can be read."""
        chance, file = self.chance, self.files[name]
        others = [each for each in self.files if each != MORE]
        file.includes = chance.choices(others, k=chance.choice([0, 1, 2, 3]))
        file.default = chance.choice([None, None, "", *NAMES])
        if name == OWN:
            file.includes = [*self.files][1:3] + file.includes
            # A default that names nothing is a problem of its own; edits would not mend it.
            file.default = chance.choice([None, None, None, ""])
        file.storage = {
            each: self.table(name) for each in chance.sample(NAMES, chance.randint(name == OWN, 3))
        }
        if name != OWN:
            state = chance.random()
            file.is_readable = state > 0.15
            if state < 0.07:
                file.path.unlink(missing_ok=True)
            else:
                file.path.write_text(self.text_of(file) if file.is_readable else "[storage")

    def table(self, of: str) -> dict[str, Any]:
        number, chance = self.number(), self.chance
        place = chance.choice([f"/{of}/{number}", f"data/{number}"])
        table: dict[str, Any] = {"type": "local", "storage_path": place}
        if chance.random() < 0.5:
            table["id"] = str(UUID(int=chance.getrandbits(128), version=4))
        if chance.random() < 0.3:
            table["tags"] = [f"t{number}"]
        return table

    def text_of(self, file: LayerFile) -> str:
        lines = [f"include = {json.dumps([*self.paths_in(file)])}"]
        if file.default is not None:
            lines.append(f"default = {json.dumps(file.default, ensure_ascii=False)}")
        for name, table in file.storage.items():
            lines.append(f"[storage.{json.dumps(name, ensure_ascii=False)}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
        return "\n".join(lines) + "\n"

    def paths_in(self, file: LayerFile) -> Iterator[str]:
        for each in file.includes:
            yield os.path.relpath(self.files[each].path, file.path.parent)

    def _write_own(self) -> None:
        """With comments everywhere, each line unlike all others."""
        own = self.own
        text = [f"# first {self.number()}", f"include = {json.dumps([*self.paths_in(own)])}  # why"]
        if own.default is not None:
            text.append(f"default = {json.dumps(own.default)}  # default {self.number()}")
        self.lines = {("", str(n)): line for n, line in enumerate(text[:2])}
        for name, table in own.storage.items():
            header = f"[storage.{json.dumps(name, ensure_ascii=False)}]   # head {self.number()}"
            lines = {"#": f"# about {self.number()}", "[": header}
            lines |= {
                key: f"{key}   =  {json.dumps(value)}  # line {self.number()}"
                for key, value in table.items()
            }
            text += ["", *lines.values()]
            self.lines |= {(name, key): line for key, line in lines.items()}
        end = ["[app]", 'theme = "x" # end', "[tool.storage]", "a = 1 # not ours"]
        self.lines |= {(" end", str(n)): line for n, line in enumerate(end)}
        text += ["", *end, ""]
        own.path.write_bytes(self.newline.join(text).encode())

    # ---- what it means

    def order(self) -> list[LayerFile | None]:
        """The layers, nearest first; None for one that cannot be read."""
        found: list[LayerFile | None] = []

        def walk(name: str, above: tuple[str, ...]) -> None:
            file = self.files[name]
            if name in above or file in found:
                return
            if len(above) > DEEPEST or not file.is_readable:
                found.append(None)
                return
            found.append(file)
            for each in file.includes:
                walk(each, (*above, name))

        walk(OWN, ())
        if MORE in self.files:
            walk(MORE, ())
        return found

    def visible(self) -> dict[str, Meant]:
        """What each name means."""
        found: dict[str, Meant] = {}
        is_doubtful = False
        for file in self.order():
            is_doubtful = is_doubtful or file is None
            for name in file.storage if file else ():
                found.setdefault(name, Meant(name, file, is_doubtful))
        return found

    def hidden(self) -> list[tuple[str, str]]:
        """What is defined farther away as well: name and file."""
        visible = self.visible()
        return [
            (name, str(file.path))
            for file in self.order()
            if file
            for name in file.storage
            if visible[name].file is not file
        ]

    def find(self, ref: str) -> Meant:
        """By a name, else by a whole ID."""
        visible = self.visible()
        if ref in visible:
            return visible[ref]
        meant = [each for each in visible.values() if each.file.id_of(each.name) == ref]
        # An ID leads to where it is written, rather than to a name that it follows from.
        meant.sort(key=lambda each: "id" not in each.file.storage[each.name])
        if meant:
            return meant[0]
        raise WRONG if None in self.order() else NOT_FOUND

    def setter(self) -> LayerFile | None:
        """The file that says what the default is; None: no file does.

        Raises:
            Refused: nobody can tell.
        """
        for file in self.order():
            if file is None:
                raise WRONG
            if file.default is not None:
                return file
        return None

    def default(self) -> str:
        """Where it leads; empty for the one that is built in."""
        setter = self.setter()
        if setter is None or setter.default == "":
            return ""
        return self.find(setter.default or "").opened()

    # ---- edits

    def found_own(self, ref: str) -> str:
        found = self.find(ref)
        if found.file is not self.own:
            raise WRONG
        return found.name

    def require_free(self, name: str, *, here: bool = False) -> None:
        if name in (self.own.storage if here else self.visible()):
            raise CONFLICT

    def add(self, name: str, place: str, *, default: bool) -> None:
        self.require_free(name)
        self.own.storage[name] = {"type": "local", "storage_path": place}
        if default:
            self.set_default(name)

    def update(self, ref: str, changes: dict[str, Any]) -> None:
        name = self.found_own(ref)
        # The first edit writes down the ID that follows from the name.
        self.own.storage[name].setdefault("id", self.own.id_of(name))
        for key, value in changes.items():
            self.lines.pop((name, key), None)
            if value is None:
                self.own.storage[name].pop(key, None)
            else:
                self.own.storage[name][key] = value

    def rename(self, ref: str, new: str) -> None:
        name = self.found_own(ref)
        if name == new:
            return
        self.require_free(new)
        try:
            setter = self.setter()
        except Refused:
            setter = None
        table = self.own.storage[name]
        table.setdefault("id", self.own.id_of(name))
        self.own.storage = {
            new if each == name else each: value for each, value in self.own.storage.items()
        }
        self.lines = {
            (new if each == name else each, key): line
            for (each, key), line in self.lines.items()
            if (each, key) != (name, "[")
        }
        if setter and setter.default == name:
            self.own.default = new

    def delete(self, refs: list[str]) -> None:
        for name in [self.found_own(ref) for ref in refs]:
            del self.own.storage[name]
            self.lines = {key: line for key, line in self.lines.items() if key[0] != name}
            if self.own.default == name:
                self.own.default = None

    def duplicate(self, ref: str, new: str, *, here: bool) -> None:
        found = self.find(ref)
        place = found.opened()
        self.require_free(new, here=here)
        table = {**found.file.storage[found.name], "storage_path": place}
        table.pop("id", None)
        self.own.storage[new] = table

    def set_default(self, ref: str) -> None:
        found = self.find(ref)
        found.opened()
        self.own.default = found.name

    def reset_default(self) -> None:
        beneath = [each for each in self.order() if each is not self.own]
        setter = next((each for each in beneath if each is None or each.default is not None), self)
        is_set = setter is None or (setter is not self and setter.default != "")
        self.own.default = "" if is_set else None

"""Where the tables and keys of a text stand, and which lines change when their values do.

A table can be written as a block under its header, as dotted keys, as an inline table, or in
several such pieces; each piece is changed in its own form. `scan` finds the positions, `splice`
makes the changes, `edit` checks the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from storage_core.config.toml.inline import rewritten
from storage_core.config.toml.plain import BOM
from storage_core.config.toml.scan import Block, Entry, Path, inline_entries, scan
from storage_core.config.toml.splice import Splice
from storage_core.config.toml.text import parse
from storage_core.config.toml.values import (
    MISSING,
    dig,
    same,
    unwritten,
    with_value,
    written,
    written_key,
)

_COMMENTS: Final = re.compile(r"(?:[ \t]*#[^\n]*(?:\n|\Z))*")
_COMMENT: Final = re.compile(r"[ \t]*#")
_BLANK: Final = re.compile(r"[ \t]*(?:\r?\n|\Z)")


class Layout:
    """A text that `tomllib` accepts, and the changes made to it so far."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._data = parse(text)
        self._blocks = scan(text)
        self._arrays = {block.path for block in self._blocks if block.is_array}
        self._splice = Splice(text)

    def result(self) -> str:
        """The text with the changes made."""
        return self._splice.result()

    def is_inline(self, path: Path) -> bool:
        """Whether the table at `path` stands in braces."""
        return self._braces_around(path) is not None

    def change(self, base: Path, changes: Mapping[str, object]) -> None:
        """Give keys of the table at `base` new plain values; MISSING removes a key."""
        if braces := self._braces_around(base):
            new = dig(self._data, braces.path)
            for key, value in changes.items():
                new = with_value(new, (*base[len(braces.path) :], key), value)
            self._set_value(braces, new)
            return
        headless: dict[Path, list[str]] = {}
        for key, value in changes.items():
            path = (*base, key)
            if not same(value, dig(self._data, path)):
                for new_path, new in self._assign(path, value):
                    self._place(new_path, new, base, headless)
        for path, new_lines in headless.items():
            self._give_header(path, new_lines)

    def keep_empty(self, path: Path) -> None:
        """Give the table at `path`, which is empty now, a header if it has none."""
        if self._block_of(path) is None and not self.is_inline(path):
            self._give_header(path, [])

    def append_table(self, path: Path, values: Mapping[str, object]) -> None:
        """Write a new table as a block behind the last of its family, else at the end."""
        family = [block for block in self._blocks if _starts(block.path, path[:1])]
        at = self._after_comments(family[-1]) if family else len(self._text)
        self._splice.insert_apart(at, _block(path, values))

    def rename(self, path: Path, name: str) -> None:
        """Write another last name wherever `path` is spelt out."""
        last = len(path) - 1
        for block in self._blocks:
            if _starts(block.path, path):
                part = block.parts[last]
                self._splice.replace(part.start, part.end, written_key(name))
        for entry in self._all_entries(path):
            index = last - len(entry.path) + len(entry.parts)
            if _starts(entry.path, path) and index >= 0:
                part = entry.parts[index]
                self._splice.replace(part.start, part.end, written_key(name))

    def _assign(self, path: Path, value: object) -> list[tuple[Path, Any]]:
        """Change the pieces of `path` that exist, and return what has no place in them."""
        done: set[Path] = set()
        tables: set[Path] = set()
        gone: set[int] = set()
        for block in self._blocks:
            if not _starts(block.path, path):
                continue
            array = self._array_around(block, path)
            wanted = dig(value, (array or block.path)[len(path) :])
            if array and same(wanted, dig(self._data, array)):
                done.add(array)
            elif not array and isinstance(wanted, dict):
                tables.add(block.path)
            else:
                gone.add(block.start)
        self._cut_blocks(gone)
        for block in self._blocks:
            concerned = _starts(block.path, path) or _starts(path, block.path)
            if not concerned or block.start in gone or self._array_around(block, path):
                continue
            for entry in block.entries:
                if not _starts(entry.path, path):
                    continue
                wanted = dig(value, entry.path[len(path) :])
                if wanted is MISSING:
                    start = self._line_start(entry.parts[0].start)
                    self._splice.cut(start, self._line_end(entry.end))
                else:
                    done.add(entry.path)
                    self._set_value(entry, wanted)
        return list(unwritten(path, value, done, tables))

    def _cut_blocks(self, gone: set[int]) -> None:
        """Remove blocks, and what stands between neighbouring ones."""
        start = None
        for block, after in zip(self._blocks, (*self._blocks[1:], None), strict=True):
            if block.start not in gone or not block.path:
                continue
            start = block.start if start is None else start
            if after is None or after.start not in gone:
                self._splice.cut(start, self._content_end(block))
                start = None

    def _set_value(self, entry: Entry, value: object) -> None:
        old = dig(self._data, entry.path)
        if same(old, value):
            return
        if isinstance(value, dict) and isinstance(old, dict):
            new = rewritten(self._text, entry, old, value)
        else:
            new = written(value)
        self._splice.replace(entry.value, entry.end, new)

    def _place(
        self, path: Path, value: object, base: Path, headless: dict[Path, list[str]]
    ) -> None:
        """Write a key that is new, in the form in which its table stands."""
        parent = path[:-1]
        if block := self._block_of(parent):
            if parent and parent == base and isinstance(value, dict) and value:
                self._splice.insert_apart(self._after_family(block), _block(path, value))
            elif block.entries or block.path:
                self._append(block, path[-1], value)
            else:
                self._splice.insert_apart(self._after_head_comments(block), _line(path[-1:], value))
        elif entry := self._last_dotted(parent):
            key = path[len(entry.path) - len(entry.parts) :]
            self._splice.insert(self._line_end(entry.end), _line(key, value))
        else:
            headless.setdefault(parent, []).append(_line(path[-1:], value))

    def _append(self, block: Block, key: str, value: object) -> None:
        """Write a key behind the last one of a block, indented and aligned as the others are."""
        line = _line((key,), value)
        if block.entries:
            first = block.entries[-1].parts[0].start
            indent = self._text[self._line_start(first) : first]
            equals = {
                self._text.rfind("=", entry.parts[-1].end, entry.value) - entry.parts[0].start
                for entry in block.entries
            }
            if len(block.entries) > 1 and len(equals) == 1:
                name = written_key(key)
                line = name.ljust(equals.pop() - 1) + line[len(name) :]
            line = indent + line
        self._splice.insert(self._content_end(block), line)

    def _give_header(self, path: Path, lines: list[str]) -> None:
        for block in self._blocks:
            if _starts(block.path, path):
                header = f"[{written_key(*path)}]"
                self._splice.insert_apart(block.start, "\n".join([header, *lines]))
                return

    def _block_of(self, path: Path) -> Block | None:
        if path in self._arrays:
            return None
        return next((block for block in self._blocks if block.path == path), None)

    def _array_around(self, block: Block, path: Path) -> Path | None:
        """The array of tables at or below `path` that `block` belongs to."""
        for length in range(max(len(path), 1), len(block.path) + 1):
            if block.path[:length] in self._arrays:
                return block.path[:length]
        return None

    def _braces_around(self, path: Path) -> Entry | None:
        """The entry whose inline table is, or holds, the table at `path`."""
        for block in self._blocks:
            if _starts(path, block.path):
                for entry in block.entries:
                    if _starts(path, entry.path) and self._text.startswith("{", entry.value):
                        return entry
        return None

    def _last_dotted(self, path: Path) -> Entry | None:
        """The last entry that spells out the names of `path` before its own."""
        found = None
        for block in self._blocks:
            if len(block.path) < len(path) and _starts(path, block.path):
                for entry in block.entries:
                    if _starts(entry.path, path):
                        found = entry
        return found

    def _all_entries(self, path: Path) -> Iterator[Entry]:
        """The entries that `path` leads to or through, those inside inline tables included."""
        for block in self._blocks:
            pending = list(block.entries) if _starts(path, block.path) else []
            while pending:
                entry = pending.pop()
                yield entry
                if len(entry.path) < len(path) and _starts(path, entry.path):
                    pending.extend(inline_entries(self._text, entry))

    def _line_start(self, offset: int) -> int:
        start = self._text.rfind("\n", 0, offset) + 1
        return start or len(BOM) * self._text.startswith(BOM)

    def _line_end(self, offset: int) -> int:
        return self._text.find("\n", offset) + 1 or len(self._text)

    def _content_end(self, block: Block) -> int:
        """Where the line after the last key of a block begins, or after its header without keys."""
        if block.entries:
            return self._line_end(block.entries[-1].end)
        return self._line_end(block.parts[-1].end) if block.parts else block.start

    def _after_comments(self, block: Block) -> int:
        """The end of the block, with comments right behind it that are not the next header's."""
        at = self._content_end(block)
        comments = _COMMENTS.match(self._text, at)
        if comments and _BLANK.match(self._text, comments.end()):
            return comments.end()
        return at

    def _after_family(self, block: Block) -> int:
        """The end of a block and of those that follow it and whose tables lie inside its own."""
        last = block
        for other in self._blocks[self._blocks.index(block) + 1 :]:
            if not _starts(other.path, block.path):
                break
            last = other
        return self._after_comments(last)

    def _after_head_comments(self, root: Block) -> int:
        """Where the very first key goes: below the comments that open the file.

        A comment right above the first header belongs to the header if there are others before it.
        """
        at, text = root.end, self._text
        while root.start < at < len(text):
            above = text.rfind("\n", 0, at - 1) + 1
            if not above or not _COMMENT.match(text, above):
                break
            at = above
        return at


def _starts(path: Path, prefix: Path) -> bool:
    return path[: len(prefix)] == prefix


def _line(path: Path, value: object) -> str:
    return f"{written_key(*path)} = {written(value)}"


def _block(path: Path, values: Mapping[str, object]) -> str:
    """The text of a new table; a table right inside it becomes a block of its own."""
    lines = [f"[{written_key(*path)}]"]
    inner = []
    for key, value in values.items():
        if isinstance(value, dict) and value:
            inner += ["", f"[{written_key(*path, key)}]"]
            inner += [_line((name,), each) for name, each in value.items()]
        else:
            lines.append(_line((key,), value))
    return "\n".join(lines + inner)

"""Shows what a pickle is made of without loading it: its opcodes are read, nothing is run.

This is for display and never a safeguard: the names in a pickle do not tell what loading it does.
"""

from __future__ import annotations

import pickletools
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any, Final

from storage_core.printable import printable
from tui.session.preview.grid import Column, Grid
from tui.session.preview.look import Form, Preview
from tui.session.preview.source import Unreadable

DANGER: Final = "Opening a pickle runs what is in it; here it is never opened."

MOST_STEPS: Final = 200_000
"""Opcodes that are read."""

MOST_NAMES: Final = 500
_LONGEST: Final = 300

_KINDS: Final = {
    "EMPTY_DICT": "dict", "DICT": "dict", "EMPTY_LIST": "list", "LIST": "list",
    "EMPTY_TUPLE": "tuple", "TUPLE": "tuple", "TUPLE1": "tuple", "TUPLE2": "tuple",
    "TUPLE3": "tuple", "EMPTY_SET": "set", "FROZENSET": "frozenset",
    "FLOAT": "float", "BINFLOAT": "float", "NONE": "None", "NEWTRUE": "bool", "NEWFALSE": "bool",
    "INT": "int", "BININT": "int", "BININT1": "int", "BININT2": "int", "LONG": "int",
    "LONG1": "int", "LONG4": "int",
    "SHORT_BINUNICODE": "str", "BINUNICODE": "str", "BINUNICODE8": "str", "UNICODE": "str",
    "STRING": "str", "BINSTRING": "str", "SHORT_BINSTRING": "str",
    "SHORT_BINBYTES": "bytes", "BINBYTES": "bytes", "BINBYTES8": "bytes", "BYTEARRAY8": "bytearray",
}  # fmt: skip
_EXTENSIONS: Final = ("EXT1", "EXT2", "EXT4")
_PERSISTENT: Final = ("PERSID", "BINPERSID")

_MARK: Final = object()


class _Reading:
    """The state of reading a pickle: the texts on its stack, and the memo."""

    def __init__(self) -> None:
        self.named: Counter[str] = Counter()
        """The classes and functions that it refers to, and how often."""

        self.values: Counter[str] = Counter()
        """How many plain values it has, by type."""

        self.protocol = 0
        self.ended = False
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, opcode: pickletools.OpcodeInfo, arg: Any) -> None:
        """Process one opcode."""
        name = opcode.name
        if kind := _KINDS.get(name):
            self.values[kind] += 1
        match name:
            case "PROTO":
                self.protocol = int(arg)
            case "STOP":
                self.ended = True
            case "MEMOIZE":
                self._memo[len(self._memo)] = self._top()
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                self._memo[int(arg)] = self._top()
            case "GET" | "BINGET" | "LONG_BINGET":
                self._stack.append(self._memo.get(int(arg)))
            case "DUP":
                self._stack.append(self._top())
            case "STACK_GLOBAL":
                attribute, module = self._pop(), self._pop()
                self._found(f"{_text_of(module)}.{_text_of(attribute)}")
                self._stack.append(None)
            case "GLOBAL" | "INST":
                if name == "INST":
                    self._pop_mark()
                self._found(".".join(str(arg).split(" ", 1)))
                self._stack.append(None)
            case _:
                if name in _EXTENSIONS:
                    self._found(f"number {arg} of the extension registry")
                elif name in _PERSISTENT:
                    self._found("(something kept outside of the pickle)")
                self._move(opcode, arg)

    def _move(self, opcode: pickletools.OpcodeInfo, arg: Any) -> None:
        """Process any other opcode: pop and push what it does."""
        before, after = opcode.stack_before, opcode.stack_after
        if opcode.name == "MARK":
            self._stack.append(_MARK)
            return
        if pickletools.markobject in before:
            self._pop_mark()
            before = before[: before.index(pickletools.markobject)]
        for _ in before:
            self._pop()
        text = arg if isinstance(arg, str) and len(after) == 1 else None
        self._stack.extend([text] * len(after))

    def _found(self, name: str) -> None:
        name = printable(name)[:_LONGEST]
        if name in self.named or len(self.named) < MOST_NAMES:
            self.named[name] += 1

    def _top(self) -> Any:
        return self._stack[-1] if self._stack else None

    def _pop(self) -> Any:
        return self._stack.pop() if self._stack else None

    def _pop_mark(self) -> None:
        while self._stack and self._stack.pop() is not _MARK:
            pass


def _text_of(text: object) -> str:
    return text if isinstance(text, str) else "?"


def pickle_preview(data: bytes, *, whole: bool, cut: str) -> Preview:
    """Preview a pickle, or its beginning, which is called `cut`.

    Raises:
        Unreadable: it is not a pickle.
    """
    reading, damaged = _Reading(), False
    try:
        for opcode, arg in _steps(data):
            reading.step(opcode, arg)
    except (ValueError, KeyError, IndexError, OverflowError, TypeError, AttributeError):
        damaged = whole
        if not reading.protocol and not reading.named:
            raise Unreadable("it does not begin as a pickle does") from None
    forms = _forms(reading, cut)
    missing = whole and not reading.ended
    notes = ["It is damaged." if damaged else "Its end is missing."] if damaged or missing else []
    what = f"pickle, protocol {reading.protocol or '0 or 1'}"
    return Preview(what, forms, tuple(notes), DANGER)


def _steps(data: bytes) -> Iterator[tuple[pickletools.OpcodeInfo, Any]]:
    for opcode, arg, _ in islice(pickletools.genops(BytesIO(data)), MOST_STEPS):
        yield opcode, arg


def _forms(reading: _Reading, cut: str) -> tuple[Form, ...]:
    rows = [
        [name, kind, f"{count:,}"]
        for found, kind in ((reading.named, "imported"), (reading.values, "plain value"))
        for name, count in found.items()
    ]
    columns = [Column("what is in it"), Column(""), Column("times", number=True)]
    return (Grid(columns, rows, name="content", looks=["", "muted"], cut=cut),) if rows else ()

"""Asks questions to which a whole block of credentials may be pasted instead of an answer.

A terminal passes pasted text on as if it were typed, line by line. So nothing is echoed before it
is clear that it does not begin a block. If it does, all lines are read until no more arrive: none
of them is shown, or becomes the answer to the next question.

This uses the terminal directly: `readline` shows what it reads, secrets too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from typing import Any, Final

from storage_core.cli import output, prompts
from storage_core.importing.pasted import begins_block, is_connection_string, is_whole

_SILENCE: Final = 0.5
"""Seconds without a character after which a block ends, if it may end there."""

_PATIENCE: Final = 3.0
"""Seconds to wait for the rest of a block that is incomplete."""

_MOST: Final = 1 << 20
"""The most characters of a block."""

_INTRODUCED: Final = "\x1b[200~", "\x1b[201~"
"""The marks before and after a paste, if bracketed paste is on."""


class Block(str):
    """A pasted block of credentials."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<a pasted block>"


def ask(question: str) -> str:
    """Ask and return the answer without outer spaces, or a `Block` that was pasted.

    Raises:
        EOFError: the person ended the input.
    """
    if not output.is_terminal() or os.name == "nt":
        return prompts.ask(question)
    output.flush()
    with _unechoed() as keyboard:
        output.emit_now(question, end="")
        try:
            return _Answer(keyboard).read()
        finally:
            output.emit_now("")


def ask_for_block(question: str) -> Block:
    """Ask for a block; what is pasted is not shown."""
    with _unechoed() as keyboard:
        prompts.say(question)
        return Block(rest("", keyboard))


def ask_hidden(question: str, *, hint: str = "") -> str:
    """Ask for a secret, of which nothing is shown; a `Block` may be pasted instead."""
    block: list[Block] = []

    def is_complete(text: str) -> bool:
        if os.name != "nt" and begins_block(text) and not is_connection_string(text):
            block.append(Block(rest(f"{text}\n", sys.stdin.fileno())))
        return True

    answer = prompts.ask_hidden(question, is_complete, hint=hint)
    return block[0] if block else answer


def rest(begun: str, keyboard: int) -> str:
    """Read the rest of a block that begins with `begun`, until no more arrives or Ctrl+D."""
    text = bytearray(begun.encode())
    while len(text) < _MOST:
        ends = text.endswith(b"\n\n") or is_whole(text.decode(errors="replace"))
        wait = (_SILENCE if ends else _PATIENCE) if text else None
        if not select([keyboard], [], [], wait)[0]:
            break
        typed = os.read(keyboard, 4096)
        text += typed.removesuffix(b"\x04").replace(b"\r", b"\n")
        if typed.endswith(b"\x04") or not typed:
            break
    found = text.decode(errors="replace")
    for mark in _INTRODUCED:
        found = found.replace(mark, "")
    return found.strip()


class _Answer:
    """A line that is being typed; it is shown only while no further characters are waiting."""

    def __init__(self, keyboard: int) -> None:
        self._keyboard = keyboard
        self._line = bytearray()
        self._shown = ""

    def read(self) -> str:
        while True:
            if not select([self._keyboard], [], [], 0)[0]:
                if begins_block(self._text):
                    return Block(rest(self._text, self._keyboard))
                self._show()
            typed = os.read(self._keyboard, 1)
            if typed in (b"\n", b"\r"):
                if begins_block(self._text):
                    return Block(rest(f"{self._text}\n", self._keyboard))
                self._show()
                return self._text.strip()
            if typed in (b"", b"\x04"):
                if not self._line:
                    raise EOFError
            elif typed in (b"\x7f", b"\x08"):
                self._line = bytearray(self._text[:-1].encode())
            elif typed == b"\x15":
                self._line.clear()
            else:
                self._line += typed

    @property
    def _text(self) -> str:
        text = self._line.decode(errors="ignore")
        for mark in _INTRODUCED:
            text = text.replace(mark, "")
        return text

    def _show(self) -> None:
        from storage_core.cli.table import cells

        text = output.safe(self._text)
        if text.startswith(self._shown):
            output.emit_now(text[len(self._shown) :], end="")
        else:
            back = "\b" * cells(self._shown)
            output.emit_now(f"{back}{text}\x1b[K", end="")
        self._shown = text


@contextmanager
def _unechoed() -> Iterator[int]:
    """The keyboard, without echo and without waiting for the end of a line."""
    import termios

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    silent: list[Any] = list(before)
    silent[3] &= ~(termios.ECHO | termios.ICANON)
    # Keep what was typed ahead: it is the answer.
    termios.tcsetattr(keyboard, termios.TCSADRAIN, silent)
    try:
        yield keyboard
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)

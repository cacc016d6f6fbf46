"""Draws connection tests for a person at a terminal.

Each named storage gets a checklist; with --all, each gets a line. The last line shows the running
step, and is redrawn until its result takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from storage_core.check import afterword
from storage_core.cli import output
from storage_core.cli.table import cells, padded, wrapped

if TYPE_CHECKING:
    from storage_core.check import StepResult
    from storage_core.cli.probing import Probing

_CLEAR: Final = "\r\x1b[K"
_WIDEST_NAME: Final = 40
_WIDTH_OF_TIME: Final = 8


def show_checklists(probings: Sequence[Probing]) -> None:
    """Print a checklist for each storage, with a line for each step as it ends."""
    width = max((len(step.label) for each in probings for step in each.steps()), default=0)
    for index, each in enumerate(probings):
        if index:
            output.emit()
        location = each.target.configuration.location if each.target.configuration else ""
        name = output.styled(output.safe(each.target.name), "bold")
        output.emit(f"{name}  {output.safe(location)}".rstrip())
        if each.target.problem:
            output.emit(f"  {_mark(False)} read the settings")
            _emit_below(each.target.problem, "    ")
        for result in _awaited(each, "  "):
            took = "" if result.seconds is None else f"  {_took(result.seconds)}"
            label = f"{result.step.label:<{width}}" if took else result.step.label
            mark = _lacks() if result.lacks else _mark(result.ok)
            output.emit_now(f"  {mark} {label}{took}")
            _emit_below(result.message, "    ")
        if each.ok():
            output.emit(f"    {'works':<{width}}  {_took(each.seconds)}")
            _emit_below(afterword(each.results()), "    ")


def show_lines(probings: Sequence[Probing]) -> None:
    """Print a line for each storage, and its messages below it."""
    names = [output.safe(each.target.name) for each in probings]
    width = min(max(map(cells, names), default=0), _WIDEST_NAME)
    for each, name in zip(probings, names, strict=True):
        results = list(_awaited(each, "", f"{padded(name, width)}  "))
        took = _took(each.seconds) if results else " " * _WIDTH_OF_TIME
        stuck = f"  {results[-1].step.label}" if results and not results[-1].ok else ""
        line = f"{_mark(each.ok())} {padded(name, width)}  {took}{stuck}"
        output.emit_now(line.rstrip())
        for message in (each.target.problem, *(result.message for result in results)):
            _emit_below(message, "  ")


def milliseconds(seconds: float) -> str:
    """A duration as text: in milliseconds, from 10 s on in seconds."""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def _awaited(each: Probing, indent: str, name: str = "") -> Iterator[StepResult]:
    """Yield each result; while waiting for it, the last line shows the running step."""

    def draw() -> None:
        line = f"{indent}{output.symbol('…', '.')} {name}{_under_way(each)}"
        # Cut it: a line that wraps could not be redrawn.
        while cells(line) >= (output.width() or 80):
            line = line[:-1]
        output.emit_now(f"\r{line}\x1b[K", end="")

    try:
        for result in each.results(draw):
            output.emit(_CLEAR, end="")
            yield result
    except KeyboardInterrupt:
        output.emit(_CLEAR, end="")
        raise


def _under_way(each: Probing) -> str:
    """The step that a test is at, and what it is waiting for if that takes a while."""
    step, waiting = each.step(), each.waiting
    if step is None:
        return ""
    words = waiting.words if waiting is not None and waiting.step == step else ""
    return f"{step.label}: {words}" if words else step.label


def _emit_below(message: str, indent: str) -> None:
    for line in wrapped(message, output.width(), indent) if message else ():
        output.emit_now(line)


def _mark(is_ok: bool) -> str:
    if is_ok:
        return output.styled(output.symbol("✓", "+"), "green")
    return output.styled(output.symbol("✗", "x"), "red")


def _lacks() -> str:
    """The mark for something that a storage lacks and can do without."""
    return output.styled(output.symbol("–", "-"), "yellow")


def _took(seconds: float) -> str:
    return output.styled(f"{milliseconds(seconds):>{_WIDTH_OF_TIME}}", "dim")

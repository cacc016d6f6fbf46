"""JSON, for what can be read back unchanged: exactly None, bool, int, float, str, list and dict.

The order of a dict is kept, since iterating over it shows the order; equal values in another order
have other bytes.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn

from storage_core.blobs.objects.serializer import (
    Fault,
    Serializer,
    Sink,
    Unserializable,
    a_kind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST: Final = 200
"""The deepest nesting of lists and dicts: Python can read some hundreds more in any program."""

_LARGEST_BITS: Final = 2126
"""The most bits of an integer: 640 digits, which `sys.set_int_max_str_digits` always allows."""

_CHUNK: Final = 1024 * 1024


class JSONValues(Serializer):
    """JSON in UTF-8, without blanks."""

    def dump(self, obj: Any, file: Sink) -> None:
        if fault := fault_of(obj):
            raise Unserializable(f"{fault} as JSON; serializer='pickle' keeps it")
        text = json.dumps(obj, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for start in range(0, len(text), _CHUNK):
            file.write(text[start : start + _CHUNK].encode())

    def load(self, file: BinaryIO, *, allow_pickle: bool) -> Any:
        try:
            return json.loads(str(file.read(), "utf-8"), parse_constant=_refuse)
        except RecursionError:
            raise ValueError("its lists and objects are nested too deeply") from None


def fault_of(value: Any) -> Fault | None:
    """The part of `value` that could not be read back unchanged; None if all of it can."""
    steps: list[str] = []
    try:
        why = _why(value, steps, DEEPEST)
    except RecursionError:
        return Fault("", "it is nested too deeply")
    return Fault("".join(reversed(steps)), why) if why else None


def _why(value: Any, steps: list[str], left: int) -> str:
    """What is wrong with `value`; `steps` gets the way to it, the last step first."""
    kind = type(value)
    if kind is str:
        return "" if value.isascii() or _is_utf8(value) else "a lone surrogate does not come back"
    if kind is bool or value is None:
        return ""
    if kind is int:
        is_short = value.bit_length() <= _LARGEST_BITS
        return "" if is_short else "an integer of more than 640 digits may not come back"
    if kind is float:
        return "" if isfinite(value) else f"{value} does not come back"
    if kind is not list and kind is not dict:
        return f"{a_kind(value)} does not come back the same"
    if not left:
        return f"what is nested more than {DEEPEST} deep may not come back"
    items: Iterable[tuple[object, Any]]
    if kind is list:
        items = enumerate(value)
    else:
        for name in value:
            if type(name) is not str:
                return f"a key of it is {a_kind(name)}, which does not come back the same"
            if why := _why(name, steps, left):
                return f"in a key of it, {why}"
        items = value.items()
    for step, item in items:
        if why := _why(item, steps, left - 1):
            steps.append(f"[{step!r}]")
            return why
    return ""


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")

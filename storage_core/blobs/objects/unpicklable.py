"""Finds the part of an object that cannot be pickled, and its path: `obj['model'].weights[3]`.

The object is pickled once more, by a pickler that notes each part that it reaches; it fails at the
last one. Then the shortest path to that is searched for.
"""

from __future__ import annotations

import copyreg
from collections import deque
from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Final

from storage_core.blobs.objects.serializer import a_kind
from storage_core.printable import printable

if TYPE_CHECKING:
    import pickle
    from collections.abc import Callable, Iterable, Iterator

MOST: Final = 1_000_000
"""The most parts of an object that are searched."""

_LEAVES: Final = (str, bytes, bytearray, int, float, complex, bool, type(None))
"""Types that are pickled as they are, and have no parts."""


class _Nothing:
    """Takes bytes, and forgets them."""

    def write(self, data: bytes) -> int:
        return len(data)


def explained(obj: object, pickler: type[pickle.Pickler], error: Exception) -> str:
    """One line about why `pickler` has failed at `obj`: where, and what to do about it."""
    if isinstance(error, RecursionError):
        return "obj: it is nested too deeply to be pickled; make it flatter"
    culprit = _last_seen(obj, pickler)
    path = _way(obj, culprit)
    if path is None:
        path, culprit = "", obj
    what, advice = _described(culprit)
    why = " ".join(printable(str(error)).split())[:200]
    return f"obj{path}: {what} cannot be pickled ({type(error).__name__}: {why}); {advice}"


def _last_seen(obj: object, pickler: type[pickle.Pickler]) -> object:
    class Noting(pickler):  # type: ignore[misc,valid-type]
        last: object = obj

        def persistent_id(self, part: object) -> None:
            if type(part) not in _LEAVES:
                self.last = part

    noting = Noting(_Nothing(), 5)
    try:
        noting.dump(obj)
    except Exception:
        pass
    return noting.last


def _way(start: object, wanted: object) -> str | None:
    """The shortest path from `start` to `wanted`; None where there is none."""
    if start is wanted:
        return ""
    # Keep every part that was seen alive, so that no other object gets its `id` meanwhile.
    seen: dict[int, object] = {id(start): start}
    ahead: deque[tuple[str, object]] = deque([("", start)])
    while ahead and len(seen) < MOST:
        path, here = ahead.popleft()
        for step, part in _parts(here):
            if part is wanted:
                return path + step
            if id(part) not in seen and type(part) not in _LEAVES:
                seen[id(part)] = part
                ahead.append((path + step, part))
    return None


def _parts(obj: Any) -> Iterator[tuple[str, object]]:
    """The parts that are pickled with an object, each with the step of the path to it."""
    if of_kind := _BY_KIND.get(type(obj)):
        yield from of_kind(obj)
    elif isinstance(obj, type):
        # Only cloudpickle goes into a class.
        yield from _items(vars(obj).items(), attributes=True)
    else:
        yield from _of_instance(obj)


def _of_sequence(sequence: Iterable[object]) -> Iterator[tuple[str, object]]:
    return ((f"[{index}]", part) for index, part in enumerate(sequence))


def _of_set(elements: Iterable[object]) -> Iterator[tuple[str, object]]:
    return (("", part) for part in elements)


def _of_partial(given: Any) -> Iterator[tuple[str, object]]:
    yield from ((f".{name}", getattr(given, name)) for name in ("func", "args", "keywords"))
    yield from _items(vars(given).items(), attributes=True)


def _of_method(method: Any) -> Iterator[tuple[str, object]]:
    return ((f".{name}", getattr(method, name)) for name in ("__self__", "__func__"))


def _of_function(function: FunctionType) -> Iterator[tuple[str, object]]:
    """The parts of a function that cloudpickle includes."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            yield f".__closure__[{name!r}]", cell.cell_contents
        except ValueError:
            continue
    for name in function.__code__.co_names:
        if name in function.__globals__:
            yield f".__globals__[{name!r}]", function.__globals__[name]
    yield ".__defaults__", function.__defaults__
    yield ".__kwdefaults__", function.__kwdefaults__
    yield from _items(vars(function).items(), attributes=True)


def _of_instance(obj: Any) -> Iterator[tuple[str, object]]:
    elements = _elements(obj)
    if elements is not None:
        yield from elements
    try:
        reduce = copyreg.dispatch_table.get(type(obj))
        reduced = reduce(obj) if reduce else obj.__reduce_ex__(4)
    except Exception:
        return
    if not isinstance(reduced, tuple):
        return
    parts: list[Any] = [*reduced, None, None, None, None, None]
    function, arguments, state, items, pairs = parts[:5]
    yield from _of_state(state)
    if items is not None:
        yield from ((f"[{index}]", part) for index, part in enumerate(items))
    if pairs is not None:
        yield from _items(pairs)
    if isinstance(arguments, tuple):
        yield from (("", part) for part in arguments)
    yield "", function
    yield "", type(obj)


def _of_state(state: Any) -> Iterator[tuple[str, object]]:
    if isinstance(state, dict):
        yield from _items(state.items(), attributes=True)
    elif isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
        # Those of `__dict__`, and those of `__slots__`.
        yield from _of_state(state[0])
        yield from _items(state[1].items(), attributes=True)
    elif state is not None:
        yield "", state


def _items(items: Iterable[Any], *, attributes: bool = False) -> Iterator[tuple[str, object]]:
    for name, part in items:
        is_attribute = attributes and isinstance(name, str) and name.isidentifier()
        yield f".{name}" if is_attribute else f"[{name!r}]"[:80], part
        yield "", name


def _elements(obj: Any) -> Iterator[tuple[str, object]] | None:
    """The elements of an array of objects or of a frame's columns, each with its step."""
    module = type(obj).__module__.partition(".")[0]
    if module == "numpy" and getattr(getattr(obj, "dtype", None), "hasobject", False):
        return ((f"[{', '.join(map(str, at))}]", obj[at]) for at in _indices(obj.shape))
    if module == "pandas" and hasattr(obj, "columns"):
        return ((f"[{label!r}]", obj[label]) for label in obj.columns)
    if module == "pandas" and hasattr(obj, "iloc"):
        return ((f".iloc[{index}]", part) for index, part in enumerate(obj))
    return None


def _indices(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    from itertools import product

    return product(*map(range, shape))


def _described(culprit: object) -> tuple[str, str]:
    """What the culprit is, and what to do about it."""
    by_name = "define it at the top of a module, or choose serializer='cloudpickle'"
    if isinstance(culprit, FunctionType | type):
        kind = "class" if isinstance(culprit, type) else "function"
        return f"the {kind} {culprit.__module__}.{culprit.__qualname__}", by_name
    return a_kind(culprit), "leave it out, for example by __getstate__ of what holds it"


_BY_KIND: Final[dict[type, Callable[[Any], Iterator[tuple[str, object]]]]] = {
    dict: lambda found: _items(found.items()),
    list: _of_sequence,
    tuple: _of_sequence,
    set: _of_set,
    frozenset: _of_set,
    partial: _of_partial,
    FunctionType: _of_function,
    MethodType: _of_method,
}

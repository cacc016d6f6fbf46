"""What cannot be pickled is named by the way to it; and what is no pickle is said in one line."""

from __future__ import annotations

import collections
import dataclasses
import functools
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest

from storage_core import IntegrityError, StorageError, Store, UnsupportedOperation

LOCK = threading.Lock()


class Model:
    def __init__(self, **parts: Any) -> None:
        self.__dict__.update(parts)


@dataclasses.dataclass(slots=True)
class Slotted:
    name: str
    lock: Any


class Stateful:
    def __init__(self, lock: Any) -> None:
        self.kept = lock

    def __getstate__(self) -> dict[str, Any]:
        return {"state": [self.kept]}


class Fails:
    def __reduce__(self) -> Any:
        raise ValueError("two\nlines")


class Child:
    """Knows what it is a part of."""

    def __init__(self, parent: Any) -> None:
        self.parent = parent


def with_children() -> Any:
    model = Model()
    model.children = [Child(model)]
    model.lock = LOCK
    return model


def local_class() -> Any:
    class Local:
        pass

    return Local()


def array_of(part: Any) -> Any:
    array = np.empty((2, 2), object)
    array[1, 0] = part
    return array


CASES: dict[str, tuple[Any, str]] = {
    "itself": (LOCK, "obj: a _thread.lock cannot"),
    "an item's attribute's element": (
        {"model": Model(weights=[1, 2, 3, LOCK])},
        "obj['model'].weights[3]: a _thread.lock cannot be pickled",
    ),
    "a slot": ([Slotted("a", LOCK)], "obj[0].lock: a _thread.lock"),
    "of a set": ({"tags": {LOCK}}, "obj['tags']: a _thread.lock"),
    "a key": ({LOCK: 1}, "obj: a _thread.lock"),
    "state": (Stateful(LOCK), "obj.state[0]: a _thread.lock"),
    "an ordered dict": (collections.OrderedDict(a=LOCK), "obj['a']: a _thread.lock"),
    "a deque": (collections.deque([1, LOCK]), "obj[1]: a _thread.lock"),
    "a default dict": (collections.defaultdict(list, a=[LOCK]), "obj['a'][0]: a _thread.lock"),
    "a partial": (functools.partial(print, LOCK, end=""), "obj.args[0]: a _thread.lock"),
    "a method": (Model(lock=LOCK).__init__, "obj.__self__.lock: a _thread.lock"),  # type: ignore[misc]
    "an array": ({"a": array_of(LOCK)}, "obj['a'][1, 0]: a _thread.lock"),
    "a frame": (pd.DataFrame({"a": [1, 2], "b": [3, LOCK]}), "obj['b'].iloc[1]: a _thread.lock"),
    "a way round": (with_children(), "obj.lock: a _thread.lock"),
    "a lambda": ([lambda: 1], "obj[0]: the function tests.unit.objects.test_pickles.<lambda>"),
    "a local class": ([local_class()], "obj[0]: the class tests.unit.objects.test_pickles.local"),
    "what raises": ({"a": Fails()}, "obj['a']: a tests.unit.objects.test_pickles.Fails cannot"),
    "a generator": ({"a": (n for n in ())}, "obj['a']: a generator cannot"),
}


@pytest.mark.parametrize("what", CASES)
def test_what_cannot_be_pickled_is_named_by_the_way_to_it(store: Store, what: str) -> None:
    obj, message = CASES[what]
    before = [*store.list()]
    with pytest.raises(UnsupportedOperation) as caught:
        store.save(obj)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert [*store.list()] == before


def test_so_it_is_for_cloudpickle(store: Store) -> None:
    inner = LOCK
    for function, message in (
        (lambda: inner, r"obj\['f'\].__closure__\['inner'\]: a _thread.lock"),
        (lambda: LOCK, r"obj\['f'\].__globals__\['LOCK'\]: a _thread.lock"),
    ):
        # As in a program, whose functions travel by value.
        function.__module__ = "__main__"
        with pytest.raises(UnsupportedOperation, match=message):
            store.save({"f": function}, serializer="cloudpickle")


def test_what_to_do_about_a_function_is_said(store: Store) -> None:
    with pytest.raises(UnsupportedOperation, match=r"or choose serializer='cloudpickle'$"):
        store.save(lambda: 1)
    key = store.save(lambda: 1, serializer="cloudpickle")
    assert store.load(key, allow_pickle=True)() == 1


NO_PICKLES = {
    "nothing": b"",
    "cut off": b"\x80\x05]q\x00",
    "text": b"hello",
    "two": b"\x80\x05N." * 2,
    "behind it": b"\x80\x05N.\n",
}


@pytest.mark.parametrize("what", NO_PICKLES)
def test_what_is_no_pickle_is_said_in_one_line(store: Store, what: str) -> None:
    key = store.write(NO_PICKLES[what], key=f"results/{what.replace(' ', '-')}.pickle")
    with pytest.raises(IntegrityError, match="is no pickle") as caught:
        store.load(key, allow_pickle=True)
    assert "\n" not in str(caught.value)


def test_an_error_of_the_object_s_own_is_said_in_one_line(store: Store) -> None:
    data = b"cbuiltins\nint\n(S'two\\nlines'\ntR."
    key = store.write(data, key="results/own.pickle")
    with pytest.raises(StorageError, match=r"cannot be loaded here .ValueError") as caught:
        store.load(key, allow_pickle=True)
    assert "\n" not in str(caught.value)

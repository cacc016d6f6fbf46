"""Every use of a private name of Textual or Rich, and what the app relies on in each.

A new version of Textual that changes one of them fails the test of that name. A use that is not in
this list fails as well; a new one belongs into `tui/kit/`, and into the list.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from textual._context import active_message_pump
from textual.app import App, ComposeResult
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.notifications import Notification, Notifications
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widgets import Static
from textual.widgets._toast import Toast, ToastRack
from textual.worker import WorkerFailed

import tui

HERE = Path(tui.__file__).parent


async def crashes_come_through_it() -> None:
    """`kit/app.py` overrides it, and finds the exception that is being handled."""
    handled: list[type[BaseException] | None] = []

    class Crashing(App[None]):
        def on_mount(self) -> None:
            raise LookupError

        def _fatal_error(self) -> None:
            handled.append(sys.exc_info()[0])
            super().panic("stopped")

    with pytest.raises(LookupError):
        async with Crashing().run_test():
            pass
    assert handled == [LookupError]


async def every_exception_comes_through_it() -> None:
    """`kit/app.py` overrides it, to let go of some; that of a worker is wrapped."""
    handled: list[BaseException] = []

    class Crashing(App[None]):
        async def work(self) -> None:
            raise LookupError("work")

        def on_mount(self) -> None:
            self.run_worker(self.work())

        def _handle_exception(self, error: Exception) -> None:
            handled.append(error)
            super()._handle_exception(error)

        def _fatal_error(self) -> None:
            super().panic("stopped")

    app = Crashing()
    with pytest.raises(WorkerFailed):
        async with app.run_test():
            await app.workers.wait_for_complete()
    assert [repr(error.error) for error in handled if isinstance(error, WorkerFailed)] == [
        "LookupError('work')"
    ]


async def it_holds_what_is_shown() -> None:
    """`kit/app.py` tells nothing twice as long as it is shown."""
    app = App[None]()
    async with app.run_test(notifications=True) as pilot:
        app.notify("one")
        await pilot.pause()
        assert [each.message for each in app._notifications] == ["one"]
        await pilot.click("Toast")
        await pilot.pause()
        assert [*app._notifications] == []


async def all_is_written_to_it() -> None:
    """`kit/terminal.py` wraps it, so that writing does not fail when the terminal is gone."""
    assert LinuxDriver(App()).__dict__["_file"] is sys.__stderr__


async def it_draws_the_messages_that_are_kept() -> None:
    """`kit/app.py` overrides it, to draw one."""
    drawn: list[list[str]] = []

    class Telling(App[None]):
        def _refresh_notifications(self) -> None:
            drawn.append([each.message for each in self._notifications])

    app = Telling()
    async with app.run_test(notifications=True) as pilot:
        app.notify("one")
        await pilot.pause()
        await app.push_screen(Screen())
        await pilot.pause()
    assert drawn.count(["one"]) >= 2


async def a_message_whose_time_is_over_goes_through_it() -> None:
    """`kit/app.py` overrides it, to draw the one before."""
    gone: list[str] = []

    class Telling(App[None]):
        def _unnotify(self, notification: Notification, refresh: bool = True) -> None:
            gone.append(notification.message)
            super()._unnotify(notification, refresh)

    app = Telling()
    async with app.run_test(notifications=True) as pilot:
        app.notify("one", timeout=0.05)
        async with asyncio.timeout(30):
            while not gone:
                await pilot.pause(0.02)
        assert gone == ["one"]
        assert [*app._notifications] == []


async def it_shows_these_messages_and_no_others() -> None:
    """`kit/app.py` gives it one."""
    app = App[None]()
    async with app.run_test(notifications=True) as pilot:
        rack = app.screen.query_one(ToastRack)
        for text in ("one", "two"):
            rack.show(Notifications().add(Notification(text)))
            await pilot.pause()
        assert [each.render().plain for each in app.screen.query(Toast)] == ["two"]


async def a_screen_goes_through_it_before_its_widgets_are_removed() -> None:
    """`kit/screen.py` overrides it, to cancel workers first."""
    found: list[int] = []

    class Going(Screen[None]):
        def compose(self) -> ComposeResult:
            yield Static("one")

        async def _message_loop_exit(self) -> None:
            found.append(len(self.query(Static)))
            await super()._message_loop_exit()
            found.append(len(self.query(Static)))

    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(Going())
        await pilot.app.pop_screen()
    assert found == [1, 0]


async def what_is_to_be_called_after_a_refresh_goes_through_it() -> None:
    """`kit/screen.py` overrides it, to leave out what a closed screen has asked for."""
    senders: list[object] = []

    class Calling(Screen[None]):
        def _invoke_later(self, callback: Callable[[], Any], sender: MessagePump) -> None:
            senders.append(sender)
            super()._invoke_later(callback, sender)

    called = asyncio.Event()
    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(calling := Calling())
        with calling._context():
            calling.call_after_refresh(called.set)
        await called.wait()
    assert calling in senders


async def it_ends_what_the_app_has_begun() -> None:
    """`kit/screen.py` calls it before a question, as Textual's `push_screen_wait` does."""
    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(closed := Screen())
        pilot.app.pop_screen()
        assert closed.is_running
        await pilot.app._flush_next_callbacks()
        assert not closed.is_running


async def it_has_the_widget_at_work() -> None:
    """`kit/app.py` asks it whose exception it was given."""
    at_work: list[type] = []

    class Failing(Static):
        def on_mount(self) -> None:
            raise LookupError

    class Crashing(App[None]):
        def compose(self) -> ComposeResult:
            yield Failing()

        def _handle_exception(self, error: Exception) -> None:
            at_work.append(type(active_message_pump.get()))
            super()._handle_exception(error)

        def _fatal_error(self) -> None:
            super().panic("stopped")

    with pytest.raises(LookupError):
        async with Crashing().run_test():
            pass
    assert at_work == [Failing]


USES: dict[str, Callable[[], Awaitable[None]]] = {
    "App._fatal_error": crashes_come_through_it,
    "App._flush_next_callbacks": it_ends_what_the_app_has_begun,
    "App._handle_exception": every_exception_comes_through_it,
    "App._notifications": it_holds_what_is_shown,
    "App._refresh_notifications": it_draws_the_messages_that_are_kept,
    "App._unnotify": a_message_whose_time_is_over_goes_through_it,
    "Screen._invoke_later": what_is_to_be_called_after_a_refresh_goes_through_it,
    "Screen._message_loop_exit": a_screen_goes_through_it_before_its_widgets_are_removed,
    "textual._context": it_has_the_widget_at_work,
    "widgets._toast": it_shows_these_messages_and_no_others,
    "LinuxDriver._file": all_is_written_to_it,
}


@pytest.mark.parametrize("use", USES)
async def test_a_private_name_is_what_it_was(use: str) -> None:
    try:
        await USES[use]()
    except Exception as error:
        raise AssertionError(f"{use} is another thing in this version of Textual") from error


def modules() -> Iterator[str]:
    """All modules of the app."""
    for module in pkgutil.walk_packages([str(HERE)], "tui."):
        if not module.name.endswith("__main__"):
            yield module.name


def private(name: str) -> bool:
    """Whether a name is private, and none of Python's own."""
    return name.startswith("_") and not name.startswith("__")


def of_libraries(cls: type) -> list[type]:
    """The bases of a class that are Textual's or Rich's."""
    return [
        each for each in cls.__mro__[1:] if each.__module__.split(".")[0] in ("textual", "rich")
    ]


@cache
def set_on_self(cls: type) -> set[str]:
    """The private attributes that the methods of a class set."""
    return {
        node.attr
        for node in ast.walk(ast.parse(dedent(inspect.getsource(cls))))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and private(node.attr)
    }


class Plain(App[None]):
    """What every class of an app has that Textual makes."""

    theme = Reactive("")


MADE_BY_TEXTUAL = {*filter(private, vars(Plain)), "_abc_impl"}


def overridden() -> Iterator[tuple[str, str]]:
    """Private names of libraries' classes that classes of the app have as well, and where."""
    for name in modules():
        for cls in vars(importlib.import_module(name)).values():
            if not (inspect.isclass(cls) and cls.__module__ == name):
                continue
            own = {each for each in vars(cls) if private(each)} - MADE_BY_TEXTUAL
            if bases := of_libraries(cls):
                own |= set_on_self(cls)
            for base in bases:
                theirs = set(vars(base)) | set_on_self(base)
                for each in own & theirs:
                    yield f"{base.__name__}.{each}", name
                own -= theirs


def reached() -> Iterator[tuple[str, str]]:
    """Private attributes that nothing in the app defines, and private imports, and where."""
    trees = {
        name: ast.parse(inspect.getsource(importlib.import_module(name))) for name in modules()
    }
    ours = set()
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                ours.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                ours.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                ours.add(node.attr)
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and private(node.attr) and node.attr not in ours:
                yield f".{node.attr}", name
            elif isinstance(node, ast.ImportFrom):
                for place in [*(node.module or "").split("."), *(each.name for each in node.names)]:
                    if private(place):
                        yield place, name


def test_the_list_is_complete_and_all_of_it_is_in_the_kit() -> None:
    listed = {use.partition(".")[2] for use in USES}
    found = [*overridden(), *reached()]
    assert {use.rpartition(".")[2] for use, _ in found} == listed, found
    assert {where for _, where in found if not where.startswith("tui.kit.")} == set()

"""The system's keyring, whose backends are third-party code: every failure becomes our own error.

A backend may not be installed, and may raise anything, with a secret in the text. It may also ask
for a password itself: that is allowed where a person can answer, and refused where the terminal is
the app's or standard input holds the data of a command.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NoReturn

from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_VARIABLE: Final = "PYTHON_KEYRING_BACKEND"
_INSTEAD: Final = "use env: or file: instead"

_patching = threading.Lock()
_mute: set[int] = set()
"""Threads in which no backend may ask anything."""

_state = {"is_quiet": False}


class _AskedError(Exception):
    """A backend wanted to ask a person."""


def never_ask() -> None:
    """Keep backends in this process from asking on the terminal from now on: it is the app's."""
    _state["is_quiet"] = True


def password(service: str, user: str, label: str) -> str | None:
    """The password that the keyring holds; None if there is none.

    Args:
        service: the name of the service.
        user: the name of the user.
        label: what error messages call the setting.

    Raises:
        ConfigurationError: there is no keyring, or it cannot be read.
    """
    found = _called(lambda keyring: keyring.get_password(service, user), label, "read")
    if found is None or isinstance(found, str):
        return found
    raise ConfigurationError(
        f"{label}: the keyring holds something else than text; store the secret anew, or {_INSTEAD}"
    )


def keep(service: str, user: str, secret: str, label: str) -> None:
    """Store a password in the keyring.

    Raises:
        ConfigurationError: there is no keyring, or it cannot be written.
    """
    _called(lambda keyring: keyring.set_password(service, user, secret), label, "written")


def _called(call: Callable[[Any], Any], label: str, done: str) -> Any:
    """Return what `call` returns for the module `keyring`; raise every failure as one error.

    The error has no cause and no context: these hold frames of the backend, perhaps with a secret.
    """
    try:
        keyring = _loaded()
    except (Exception, SystemExit) as error:
        reason = (
            f"{_chosen()} cannot be loaded ({_named(error)}); install or mend it, or {_INSTEAD}"
        )
    else:
        try:
            with _unasked():
                return call(keyring)
        except _AskedError:
            reason = (
                "the keyring asks for its own password, which cannot be typed here; "
                f"unlock it before, or {_INSTEAD}"
            )
        except (Exception, SystemExit) as error:
            if type(error).__name__ == "NoKeyringError":
                reason = f"this machine has no keyring; {_INSTEAD}"
            else:
                reason = f"the keyring cannot be {done} ({_named(error)}); unlock it, or {_INSTEAD}"
    raise ConfigurationError(f"{label}: {reason}")


def _loaded() -> Any:
    """The module `keyring`, with its backend."""
    import keyring

    keyring.get_keyring()
    return keyring


def _chosen() -> str:
    """What chooses the backend, in words."""
    name = os.environ.get(_VARIABLE)
    if name is not None:
        # keyring takes even an empty value for a name.
        return f"the keyring {name[:80]!r} that {_VARIABLE} names"
    return "the keyring that keyringrc.cfg names"


def _named(error: BaseException) -> str:
    """The class of an error, and for a missing module its name."""
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    return f"there is no module {missing}" if missing else type(error).__name__


@contextmanager
def _unasked() -> Iterator[None]:
    """Refuse questions of the backend in this thread if nobody could answer them."""
    if _may_ask():
        yield
        return
    _patch()
    me = threading.get_ident()
    _mute.add(me)
    try:
        yield
    finally:
        _mute.discard(me)


def _may_ask() -> bool:
    if _state["is_quiet"]:
        return False
    if sys.stdin is not None and sys.stdin.isatty():
        return True
    import getpass

    # A notebook replaces this function by its own.
    return getpass.getpass.__module__ != "getpass"


def _patch() -> None:
    """Make the two functions by which Python asks check first whether the thread may."""
    import builtins
    import getpass

    with _patching:
        for module, name in ((getpass, "getpass"), (builtins, "input")):
            asks = getattr(module, name)
            if not hasattr(asks, "looks_first"):
                setattr(module, name, _looking_first(asks))


def _looking_first(asks: Callable[..., str]) -> Callable[..., str]:
    @wraps(asks)
    def ask(*args: Any, **options: Any) -> str:
        if threading.get_ident() in _mute:
            _refuse()
        return asks(*args, **options)

    ask.looks_first = True  # type: ignore[attr-defined]
    return ask


def _refuse() -> NoReturn:
    raise _AskedError

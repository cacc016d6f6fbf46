"""The surroundings of the app when its picture is taken, set up anew for each scene.

Everything that would differ from run to run is replaced: the home and its files, the environment,
the clock, new IDs, measured times, blinking cursors, everything behind a network. So pictures
change only when the app does.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import accumulate, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from uuid import UUID

import time_machine

from .cloud import cloud

NOW = datetime(2026, 11, 23, 12, 4, tzinfo=UTC)

# The only variables that are kept, so that no setting of the developer's shows.
_KEPT = {"PATH", "TMPDIR", "VIRTUAL_ENV"}
_FIXED = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "COLORTERM": "truecolor",
    "LC_ALL": "C.UTF-8",
    "NO_GCE_CHECK": "true",
    # The variables that secrets refer to. Any value will do, except that a key has to be base64.
    "PROD_S3_SECRET": "unused",
    "REPORTS_CONNECTION": "AccountName=acme;AccountKey=dW51c2Vk",
    "TOKYO_S3_SECRET": "unused",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    "TERM": "xterm-256color",
    "TEXTUAL_ANIMATIONS": "none",
    "TZ": "UTC",
}


# Seconds between readings of the stopwatch, in turn.
_PACE = (0.014, 0.038, 0.009, 0.052, 0.021)


@contextmanager
def stage(configuration: str | None) -> Iterator[Path]:
    """Make a home with this text as its configuration file, and yield it; undo all at the end.

    With None there is no such file yet.
    """
    with TemporaryDirectory(prefix="screenshots-") as folder, ExitStack() as undo:
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        own = {"HOME": folder, "PREFECT_HOME": f"{folder}/.prefect"}
        undo.callback(time.tzset)
        undo.enter_context(mock.patch.dict(os.environ, {**kept, **_FIXED, **own}, clear=True))
        time.tzset()
        if configuration is not None:
            _write_private(Path(folder, ".prefect", "storage.toml"), configuration)
        undo.enter_context(mock.patch("uuid.uuid4", _ids()))
        undo.enter_context(mock.patch("time.perf_counter", _stopwatch()))
        _keep_cursors_lit(undo)
        undo.enter_context(time_machine.travel(NOW, tick=False))
        undo.enter_context(cloud())
        yield Path(folder)


def _write_private(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    os.utime(file, (NOW.timestamp(), NOW.timestamp()))


def _ids() -> Callable[[], UUID]:
    bits = random.Random(7).getrandbits
    return lambda: UUID(int=bits(128), version=4)


def _stopwatch() -> Callable[[], float]:
    """Return a replacement for `time.perf_counter` that returns the same times in every thread."""
    of_thread = threading.local()

    def perf_counter() -> float:
        if not hasattr(of_thread, "times"):
            of_thread.times = accumulate(cycle(_PACE))
        return float(next(of_thread.times))

    return perf_counter


def _keep_cursors_lit(undo: ExitStack) -> None:
    from textual.widgets import Input, TextArea  # late, so that it finds TEXTUAL_ANIMATIONS

    for widget in (Input, TextArea):
        # An instance set to False hides a cursor that is already lit; the class's default does not.
        undo.enter_context(mock.patch.object(widget.cursor_blink, "_default", False))

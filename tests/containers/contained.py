"""Runs a program as a container would, as far as this machine can without an engine for them.

    python tests/containers/contained.py SPEC PROGRAM ARGUMENT…

SPEC is JSON, see `Contained`. As root, in a mount namespace of its own: all of the disk, /tmp too,
is read-only, but for the folders that SPEC names, which are at `/srv/0` and so on; the user is one
that /etc/passwd does not know. Without root the program has the environment, the umask and the
folder, but is the same user on the same disk. This loads the standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
USER = 48_271
"""A number as OpenShift would give one; no entry in /etc/passwd has it."""

_NEW_NAMESPACE, _NEW_PROCESSES = 0x00020000, 0x20000000
_READ_ONLY, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 32, 4096, 16384, 1 << 18


def is_whole() -> bool:
    """Whether this machine lets the tests have another user, and a disk of their own."""
    if os.geteuid() != 0 or sys.platform != "linux":
        return False
    return subprocess.run([sys.executable, __file__, "--try"], check=False).returncode == 0


@dataclass(frozen=True)
class Contained:
    """What the program has of a machine."""

    writable: list[str] = field(default_factory=list)
    """Folders that it may write; all users may."""

    environment: dict[str, str] = field(default_factory=dict)
    """All of its environment."""

    umask: int = 0o022
    folder: str = "/"
    is_first: bool = False
    """Whether it is process 1, as the program of a container is: the kernel sends that no signal
    that it has not asked for."""

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
        """Start Python with these arguments."""
        spec = json.dumps(asdict(self))
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        command = [sys.executable, __file__, spec, *arguments]
        return subprocess.Popen(command, **{**streams, **options})  # type: ignore[call-overload,no-any-return]

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run Python with these arguments."""
        with self.start(*arguments) as child:
            out, err = child.communicate(stdin, timeout=100)
        return subprocess.CompletedProcess(arguments, child.returncode, out, err)

    def storage(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command of `storage`."""
        return self.run("-m", "tui", *arguments, stdin=stdin)


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    if libc.mount(*encoded, ctypes.c_ulong(flags), data.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def _own_namespace(flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)


def _open_to_all(paths: list[str]) -> None:
    """Let other users get to these folders, which may lie in one of root's."""
    opened = {path: os.open(path, os.O_PATH) for path in paths}
    closed = {
        str(each)
        for path in paths
        for each in Path(path).parents
        if not each.stat().st_mode & 0o001
    }
    for folder in sorted(closed):
        # An outer one hides those within it.
        if Path(folder).is_dir():
            _mount("tmpfs", folder, "tmpfs", 0, "mode=755")
    for path, number in opened.items():
        if any(path.startswith(f"{folder}/") for folder in closed):
            Path(path).mkdir(parents=True)
            _mount(f"/proc/self/fd/{number}", path, None, _BIND)


def _contain(spec: Contained) -> None:
    """Become the user, with the disk as it is said."""
    _own_namespace(_NEW_NAMESPACE)
    _mount("tmpfs", "/srv", "tmpfs", 0, "mode=755")
    kept = []
    for number, folder in enumerate(spec.writable):
        place = Path(f"/srv/{number}")
        place.mkdir()
        _mount(folder, str(place), None, _BIND)
        kept.append(str(place))
    _open_to_all([str(ROOT), sys.base_prefix])
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    for point in [line.split()[4].encode().decode("unicode_escape") for line in lines]:
        # Some are hidden by ours.
        is_there = point not in kept and Path(point).exists()
        if is_there and not point.startswith(("/proc", "/sys", "/dev")):
            _mount("none", point, None, _REMOUNT | _BIND | _READ_ONLY)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)


def _main(spec: Contained, arguments: list[str]) -> None:
    if spec.is_first and os.geteuid() == 0:
        _own_namespace(_NEW_NAMESPACE | _NEW_PROCESSES)
        # Kept back until there is a handler: what ends this process has to end the other one too.
        handed_on = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, handed_on)
        child = os.fork()
        if child:
            for number in handed_on:
                signal.signal(number, lambda sent, _: os.kill(child, sent))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, handed_on)
        if child:
            _, status = os.waitpid(child, 0)
            os._exit(os.waitstatus_to_exitcode(status) % 256)
    if os.geteuid() == 0:
        _contain(spec)
    os.umask(spec.umask)
    os.chdir(spec.folder)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    environment = {"PYTHONDONTWRITEBYTECODE": "1", **spec.environment}
    os.execve(sys.executable, [sys.executable, *arguments], environment)


if __name__ == "__main__":
    if sys.argv[1:] == ["--try"]:
        _own_namespace(_NEW_NAMESPACE)
    else:
        _main(Contained(**json.loads(sys.argv[1])), sys.argv[2:])

"""`storage write`, `read`, `blobs` and `rm`: blobs in the default storage or in another one."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from storage_core.backends.base import in_utc
from storage_core.blobpath import prefix_of
from storage_core.cli import output, stores
from storage_core.cli.command import command, complete_ref
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.files import ByPath, address, stored, streamed, unreadable
from storage_core.cli.overwriting import require_other_file
from storage_core.cli.protection import confirm_option, require_confirmation
from storage_core.cli.session import Session
from storage_core.errors import StorageError, StorageUnavailable
from storage_core.keys import KINDS, Kind, parse_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from storage_core.store import Store

_KIND: Final = click.Choice(KINDS)
_SORTS: Final = ("age", "name", "size")
_SHOWN_CONTROLS: Final = frozenset(b"\t\n\r")


_PATH: Final = "Where the blob lies below the location, in place of a key."


class Line(NamedTuple):
    """A line in a list of blobs; `name` is the key or the path, None means unknown."""

    name: str
    size: int | None
    modified: datetime | None


def _ref_option(name: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(name, "ref", metavar="REF", shell_complete=complete_ref, help=help)


@command(
    "write",
    examples=(
        "storage write results.bin",
        "echo hello | storage write --to prod-results --kind flows",
        "storage write results.bin --key results/latest",
        "storage write data.csv --path raw/2026/11/data.csv",
    ),
)
@click.argument("file", required=False, type=click.Path(path_type=str, readable=False))
@_ref_option("--to", "The storage to write to, instead of the default.")
@click.option("--kind", type=_KIND, help="The kind of data.  [default: results]")
@click.option("--key", metavar="KIND/NAME", help="Choose the key; an existing one is an error.")
@click.option(
    "--path",
    metavar="PATH",
    help="Choose any path below the location instead; an existing one is an error.",
)
@click.pass_obj
def write(
    session: Session,
    file: str | None,
    ref: str | None,
    kind: Kind | None,
    key: str | None,
    path: str | None,
    as_json: bool,
) -> None:
    """Store a blob and print its key.

    The bytes are those of FILE or, without it, of standard input.
    """
    if file == "":
        raise WrongUsage("FILE is empty; name a file, or leave it out for standard input")
    if path is not None:
        if kind is not None or key is not None:
            raise WrongUsage("--path takes the place of --kind and --key; leave them out")
        _write_to_path(session, file, ref, ByPath(path), as_json=as_json)
        return
    if key is not None and kind is not None and parse_key(key).kind != kind:
        raise WrongUsage(f"--kind {kind} and --key contradict each other; leave --kind out")
    if key is not None:
        parse_key(key)
    with stores.opened_to_change(session, ref) as store:
        if file is None or file == "-":
            written, size = streamed(store, _standard_input(), kind or "results", key)
        else:
            written, size = stored(store, file, kind or "results", key)
        if as_json:
            output.emit_json({"key": written, "size": size, "storage": store.configuration.name})
        else:
            output.emit(written)


@command(
    "read",
    examples=(
        "storage read results/latest",
        "storage read results/latest --from prod-results -o results.bin",
        "storage read --path raw/2026/11/data.csv",
    ),
)
@click.argument("key", metavar="[KEY]", required=False)
@click.option("--path", metavar="PATH", help=_PATH)
@_ref_option("--from", "The storage to read from, instead of the default.")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    type=click.Path(path_type=str, readable=False),
    help="Write to this file, whole or not at all; - is standard output.",
)
@click.pass_obj
def read(
    session: Session,
    key: str | None,
    path: str | None,
    ref: str | None,
    target: str | None,
    as_json: bool,
) -> None:
    """Get the blob under KEY, on standard output or in a file.

    With --json, text is printed as text and anything else in base64.
    """
    if target == "":
        raise WrongUsage("--output is empty; name a file, or leave it out")
    blob = address(key, path)
    if target is not None and target != "-":
        require_other_file(session, target)
        with stores.opened(session, ref) as store:
            size = blob.fetch(store, target)
        if as_json:
            output.emit_json({blob.field: blob.name, "size": size, "file": target})
        return
    if target is not None or not (as_json or output.is_terminal()):
        with stores.opened(session, ref) as store:
            blob.pour(store)
        return
    with stores.opened(session, ref) as store:
        data = blob.read(store)
    if as_json:
        output.emit_json({blob.field: blob.name, "size": len(data), **_as_json(data)})
    elif _is_binary(data):
        raise CommandFailed(
            f"{blob.name} holds bytes that could upset the terminal; write it to a file with "
            "-o FILE, or insist with -o -"
        )
    else:
        output.emit_bytes(data)


@command(
    "blobs",
    examples=(
        "storage blobs",
        "storage blobs prod-results --kind results",
        "storage blobs prod-results --sort size --reverse",
        "storage blobs prod-results --all --path raw/2026",
    ),
)
@click.argument("ref", metavar="[REF]", required=False, shell_complete=complete_ref)
@click.option("--kind", type=_KIND, help="Only this kind of data.")
@click.option(
    "--sort",
    type=click.Choice(_SORTS),
    default=_SORTS[0],
    help="The newest first, the first by name, or the largest.  [default: age]",
)
@click.option("--reverse", is_flag=True, help="The other way round, such as the oldest first.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="All that lies below the location, by its path: also what others have put there.",
)
@click.option("--path", metavar="FOLDER", help="With --all: only what lies below this folder.")
@click.pass_obj
def blobs(
    session: Session,
    ref: str | None,
    kind: Kind | None,
    everything: bool,
    path: str | None,
    sort: str,
    reverse: bool,
    as_json: bool,
) -> None:
    """List the blobs of the default storage, or of another one.

    Each line has the time of writing (UTC), the size in bytes and the key.
    """
    if path is not None and not everything:
        raise WrongUsage("--path goes with --all; add it")
    if kind is not None and everything:
        raise WrongUsage("--kind and --all contradict each other; leave one of them out")
    with stores.opened(session, ref) as store:
        parts = (
            [_everything(store, path or "")]
            if everything
            else [_blobs(store, each) for each in ((kind,) if kind else KINDS)]
        )
        came, problem = _all_that_comes(parts)
        found = _sorted(came, sort)
        if reverse:
            found.reverse()
        if as_json:
            output.emit_json(
                {
                    "storage": store.configuration.name,
                    "location": store.location,
                    "blobs": [
                        {
                            "path" if everything else "key": line.name,
                            "size": line.size,
                            "modified": line.modified.isoformat() if line.modified else None,
                        }
                        for line in found
                    ],
                }
            )
            if problem:
                raise problem
            return
        for line in found:
            output.emit(listed(line))
        if problem:
            raise problem
        if not found:
            output.note(f"No blobs in {stores.called(store)} ({store.location}).")


@command(
    "rm",
    examples=(
        "storage rm results/latest --from prod-results",
        "storage rm --path raw/2026/11/data.csv --from prod-results",
    ),
)
@click.argument("key", metavar="[KEY]", required=False)
@click.option("--path", metavar="PATH", help=_PATH)
@_ref_option("--from", "The storage to delete from, instead of the default.")
@confirm_option
@click.pass_obj
def rm(
    session: Session,
    key: str | None,
    path: str | None,
    ref: str | None,
    confirm: str | None,
    as_json: bool,
) -> None:
    """Delete the blob under KEY. If there is none, that is no error.

    If the storage is protected, its name has to be typed, or given with --confirm.
    """
    blob = address(key, path)
    with stores.opened_to_change(session, ref) as store:
        require_confirmation(
            stores.called(store),
            is_protected=store.configuration.protected,
            confirm=confirm,
            doing=f"deleting {blob.name}",
        )
        blob.delete(store)
        if as_json:
            output.emit_json({"deleted": blob.name, "storage": store.configuration.name})


def _write_to_path(
    session: Session, file: str | None, ref: str | None, blob: ByPath, *, as_json: bool
) -> None:
    """Store a blob at a path, in bounded memory, and print the path."""
    with ExitStack() as opened:
        store = opened.enter_context(stores.opened_to_change(session, ref))
        if file is None or file == "-":
            source = _standard_input()
        else:
            try:
                source = opened.enter_context(open(file, "rb"))
            except (OSError, ValueError) as error:
                raise unreadable(file, error) from error
        blob.write(store, source)
        if as_json:
            size = store.backend.head(blob.name).size
            output.emit_json({"path": blob.name, "size": size, "storage": store.configuration.name})
        else:
            output.emit(output.safe(blob.name))


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise WrongUsage("standard input is closed; name a FILE")
    if sys.stdin.isatty():
        output.note("Reading from the terminal; end with Ctrl+D on a line of its own.")
    return sys.stdin.buffer


def _all_that_comes(parts: Iterable[Iterator[Line]]) -> tuple[list[Line], StorageError | None]:
    """All lines that can be listed, and the first error, or None if there was none.

    Raises:
        StorageError: nothing can be listed.
    """
    found: list[Line] = []
    problem: StorageError | None = None
    for part in parts:
        try:
            for line in part:
                found.append(line)  # noqa: PERF402 (what came before an error counts)
        except StorageError as error:
            problem = problem or error
            if isinstance(error, StorageUnavailable):
                break
    if problem and not found:
        raise problem
    return found, problem


def _blobs(store: Store, kind: Kind | None) -> Iterator[Line]:
    return (Line(*blob) for blob in store.list(kind))


def _everything(store: Store, folder: str) -> Iterator[Line]:
    for entry in store.backend.list(prefix_of(folder)):
        yield Line(entry.path, entry.size, in_utc(entry.modified))


def _sorted(lines: Iterable[Line], sort: str) -> list[Line]:
    """Sort in the same orders as the app; equal lines are sorted by name."""
    found = sorted(lines, key=lambda line: (line.name.partition("/")[2].lower(), line.name))
    if sort == "age":
        found.sort(key=lambda line: line.modified.timestamp() if line.modified else 0, reverse=True)
    elif sort == "size":
        found.sort(key=lambda line: -1 if line.size is None else line.size, reverse=True)
    return found


def listed(line: Line) -> str:
    """One line of a list of blobs."""
    moment = line.modified and line.modified.replace(microsecond=0, tzinfo=None)
    modified = moment.isoformat(" ") if moment else "-"
    size = "-" if line.size is None else str(line.size)
    return f"{modified:<19}  {size:>12}  {output.safe(line.name)}"


def _as_json(data: bytes) -> dict[str, str]:
    try:
        return {"encoding": "utf-8", "data": data.decode("utf-8")}
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"encoding": "base64", "data": b64encode(data).decode("ascii")}


def _is_binary(data: bytes) -> bool:
    """Whether `data` has anything that a terminal would not simply show."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return any(
        not (character.isprintable() or ord(character) in _SHOWN_CONTROLS) for character in text
    )

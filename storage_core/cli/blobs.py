"""`storage write`, `read`, `blobs` and `rm`: blobs of the default or of another configuration."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from storage_core.cli import output, stores
from storage_core.cli.command import Session, command, complete_ref
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.files import fetched, stored
from storage_core.cli.protection import confirm_option, require_confirmation
from storage_core.keys import KINDS, Kind, parse_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from storage_core.backends.base import Blob

_KIND: Final = click.Choice(KINDS)
_SORTS: Final = ("age", "name", "size")
_SHOWN_CONTROLS: Final = frozenset(b"\t\n\r")


def _ref_option(name: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(name, "ref", metavar="REF", shell_complete=complete_ref, help=help)


@command(
    "write",
    examples=(
        "storage write results.bin",
        "echo hello | storage write --to prod-results --kind flows",
        "storage write results.bin --key results/latest",
    ),
)
@click.argument("file", required=False, type=click.Path(path_type=str))
@_ref_option("--to", "The storage to write to, instead of the default.")
@click.option("--kind", type=_KIND, help="The kind of data.  [default: results]")
@click.option("--key", metavar="KIND/NAME", help="Choose the key; an existing one is an error.")
@click.pass_obj
def write(
    session: Session,
    file: str | None,
    ref: str | None,
    kind: Kind | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Store a blob and print its key.

    The bytes are those of FILE or, without it, of standard input.
    """
    if file == "":
        raise WrongUsage("FILE is empty; name a file, or leave it out for standard input")
    if key is not None and kind is not None and parse_key(key).kind != kind:
        raise WrongUsage(f"--kind {kind} and --key contradict each other; leave --kind out")
    if key is not None:
        parse_key(key)
    with stores.opened(session, ref) as store:
        if file is None or file == "-":
            data = _standard_input()
            written, size = store.write(data, kind or "results", key=key), len(data)
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
    ),
)
@click.argument("key", metavar="KEY")
@_ref_option("--from", "The storage to read from, instead of the default.")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Write to this file, whole or not at all; - is standard output.",
)
@click.pass_obj
def read(session: Session, key: str, ref: str | None, target: str | None, as_json: bool) -> None:
    """Get the blob under KEY, on standard output or in a file.

    With --json, text is printed as text and anything else in base64.
    """
    if target == "":
        raise WrongUsage("--output is empty; name a file, or leave it out")
    if target is not None and target != "-":
        with stores.opened(session, ref) as store:
            size = fetched(store, key, target)
        if as_json:
            output.emit_json({"key": key, "size": size, "file": target})
        return
    with stores.opened(session, ref) as store:
        data = store.read(key)
    if as_json:
        output.emit_json({"key": key, "size": len(data), **_as_json(data)})
    elif target is None and output.is_terminal() and _is_binary(data):
        raise CommandFailed(
            f"{key} holds bytes that could upset the terminal; write it to a file with -o FILE, or "
            "insist with -o -"
        )
    else:
        output.emit_bytes(data)


@command(
    "blobs",
    examples=(
        "storage blobs",
        "storage blobs prod-results --kind results",
        "storage blobs prod-results --sort size --reverse",
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
@click.pass_obj
def blobs(
    session: Session,
    ref: str | None,
    kind: Kind | None,
    sort: str,
    reverse: bool,
    as_json: bool,
) -> None:
    """List the blobs of the default storage, or of another one.

    Each line has the time of writing (UTC), the size in bytes and the key.
    """
    with stores.opened(session, ref) as store:
        found = _sorted(store.list(kind), sort)
        if reverse:
            found.reverse()
        if as_json:
            output.emit_json(
                {
                    "storage": store.configuration.name,
                    "location": store.location,
                    "blobs": [
                        {
                            "key": blob.key,
                            "size": blob.size,
                            "modified": blob.modified.isoformat() if blob.modified else None,
                        }
                        for blob in found
                    ],
                }
            )
            return
        for blob in found:
            output.emit(_listed(blob))
        if not found:
            output.note(f"No blobs in {stores.called(store)} ({store.location}).")


@command("rm", examples=("storage rm results/latest --from prod-results",))
@click.argument("key", metavar="KEY")
@_ref_option("--from", "The storage to delete from, instead of the default.")
@confirm_option
@click.pass_obj
def rm(session: Session, key: str, ref: str | None, confirm: str | None, as_json: bool) -> None:
    """Delete the blob under KEY. If there is none, that is no error.

    Where the storage is protected, its name has to be typed, or given with --confirm.
    """
    parse_key(key)
    with stores.opened(session, ref) as store:
        require_confirmation(
            stores.called(store),
            is_protected=store.configuration.protected,
            confirm=confirm,
            doing=f"deleting {key}",
        )
        store.delete(key)
        if as_json:
            output.emit_json({"deleted": key, "storage": store.configuration.name})


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise WrongUsage("standard input is closed; name a FILE")
    if sys.stdin.isatty():
        output.note("Reading from the terminal; end with Ctrl+D on a line of its own.")
    return sys.stdin.buffer.read()


def _sorted(blobs: Iterable[Blob], sort: str) -> list[Blob]:
    """In the same orders as the app; what is equal, by name."""
    found = sorted(blobs, key=lambda blob: (blob.key.partition("/")[2].lower(), blob.key))
    if sort == "age":
        found.sort(key=lambda blob: blob.modified.timestamp() if blob.modified else 0, reverse=True)
    elif sort == "size":
        found.sort(key=lambda blob: -1 if blob.size is None else blob.size, reverse=True)
    return found


def _listed(blob: Blob) -> str:
    modified = f"{blob.modified:%Y-%m-%d %H:%M:%S}" if blob.modified else "-"
    size = "-" if blob.size is None else str(blob.size)
    return f"{modified:<19}  {size:>12}  {output.safe(blob.key)}"


def _as_json(data: bytes) -> dict[str, str]:
    try:
        return {"encoding": "utf-8", "data": data.decode("utf-8")}
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"encoding": "base64", "data": b64encode(data).decode("ascii")}


def _is_binary(data: bytes) -> bool:
    """Whether a terminal would do something else with `data` than show it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return any(
        not (character.isprintable() or ord(character) in _SHOWN_CONTROLS) for character in text
    )

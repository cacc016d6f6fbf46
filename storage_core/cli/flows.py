"""`storage push` and `storage pull`: flow code, a script or a folder, into a storage and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from storage_core.blobs.compression import SUFFIXES
from storage_core.cli import output, stores
from storage_core.cli.command import command, complete_ref
from storage_core.cli.errors import WrongUsage
from storage_core.cli.progress import Watched, bar, is_shown

if TYPE_CHECKING:
    from storage_core.blobs.archive.loading import Loading
    from storage_core.blobs.archive.saving import Saving
    from storage_core.blobs.compression import Compression
    from storage_core.cli.session import Session
    from storage_core.store import Store

_NAMED: Final = 20
"""The most files that a warning names; the rest are counted."""


@command(
    "push",
    examples=(
        "storage push flows/daily",
        "storage push daily.py --to prod-results",
        "storage push flows/daily --compression zstd",
    ),
)
@click.argument("path", type=click.Path(path_type=str, readable=False))
@click.option(
    "--to",
    "ref",
    metavar="REF",
    shell_complete=complete_ref,
    help="The storage to write to, instead of the default.",
)
@click.option("--compression", type=click.Choice(tuple(SUFFIXES)), help="Store fewer bytes.")
@click.pass_obj
def push(
    session: Session, path: str, ref: str | None, compression: Compression | None, as_json: bool
) -> None:
    """Store flow code, a script or a folder, and print its key.

    The same content has the same key on every machine. What .gitignore and .storageignore in the
    folder name is left out; .git and __pycache__ always are.
    """
    if not path:
        raise WrongUsage("PATH is empty; name a script or a folder")
    from storage_core.blobs.archive.saving import Saving

    with (
        stores.opened_to_change(session, ref) as store,
        Saving(path, compression=compression) as saving,
    ):
        _pack(saving)
        if said := saving.warning(_NAMED):
            output.warn(said)
        _send(store, saving)
        if as_json:
            output.emit_json(
                {
                    "key": str(saving.key),
                    "files": len(saving.code.files),
                    "size": saving.size,
                    "suspects": saving.suspects,
                    "storage": store.configuration.name,
                }
            )
        else:
            output.emit(str(saving.key))


@command(
    "pull",
    examples=(
        "storage pull flows/SHA256.tar daily",
        "storage pull flows/SHA256.tar.zst daily --from prod-results",
    ),
)
@click.argument("key", metavar="KEY")
@click.argument("folder", metavar="DEST", type=click.Path(path_type=str, readable=False))
@click.option(
    "--from",
    "ref",
    metavar="REF",
    shell_complete=complete_ref,
    help="The storage to read from, instead of the default.",
)
@click.option(
    "--max-files",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Refuse to unpack more files and folders.  [default: 100,000]",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Refuse to unpack more bytes.  [default: 16 GiB]",
)
@click.pass_obj
def pull(
    session: Session,
    key: str,
    folder: str,
    ref: str | None,
    max_files: int | None,
    max_bytes: int | None,
    as_json: bool,
) -> None:
    """Get flow code that was pushed, as the folder DEST, which must be new or empty.

    The files appear all together, verified, or not at all. A script comes as a folder too.
    """
    if not folder:
        raise WrongUsage("DEST is empty; name a folder that is not there yet")
    from storage_core.blobs.archive.loading import MAX_BYTES, MAX_FILES, Loading

    with (
        stores.opened(session, ref) as store,
        Loading(
            key, folder, max_files=max_files or MAX_FILES, max_bytes=max_bytes or MAX_BYTES
        ) as loading,
    ):
        _fetch(store, loading)
        with bar("Unpacking", loading.size) as tell:
            for done in loading.unpack():
                tell(done)
        loading.place()
        if as_json:
            output.emit_json(
                {
                    "key": key,
                    "folder": folder,
                    "files": len(loading.names),
                    "storage": store.configuration.name,
                }
            )
        else:
            count = f"{len(loading.names):,} file{'' if len(loading.names) == 1 else 's'}"
            output.emit(f"Unpacked {count} into {output.safe(folder)}")


def _pack(saving: Saving) -> None:
    with bar("Packing", saving.code.size) as tell:
        done = 0
        for size in saving.pack():
            done += size
            tell(done)


def _send(store: Store, saving: Saving) -> None:
    with bar("Comparing", saving.size) as tell:
        if saving.is_stored(store.backend, lambda file: Watched.of(file, tell)):
            return
    with bar("Sending", saving.size) as tell:
        store.backend.put_stream(saving.key.path, Watched.of(saving.file, tell), overwrite=True)


def _fetch(store: Store, loading: Loading) -> None:
    path = loading.archive.key.path
    # This takes one more request, only for the bar.
    size = store.backend.head(path).size if is_shown() else None
    with (
        bar("Fetching", size) as tell,
        loading.receiving(store.location) as file,
    ):
        store.backend.get_stream(path, Watched.of(file, tell))

"""`storage link`: a signed URL with which anybody can read a blob for a while."""

from __future__ import annotations

import click

from storage_core.cli import output, stores
from storage_core.cli.command import command, complete_ref
from storage_core.cli.durations import duration
from storage_core.cli.files import address
from storage_core.cli.session import Session


@command(
    "link",
    examples=(
        "storage link results/latest",
        "storage link results/latest --from prod-results --expires 7d",
        "storage link --path raw/2026/11/data.csv",
    ),
)
@click.argument("key", metavar="[KEY]", required=False)
@click.option("--path", metavar="PATH", help="Where the blob lies, in place of a key.")
@click.option(
    "--from",
    "ref",
    metavar="REF",
    shell_complete=complete_ref,
    help="The storage that has the blob, instead of the default.",
)
@click.option(
    "--expires",
    metavar="SPAN",
    default="1h",
    help="How long it holds: 90s, 15m, 1h, 7d.  [default: 1h]",
)
@click.pass_obj
def link(
    session: Session,
    key: str | None,
    path: str | None,
    ref: str | None,
    expires: str,
    as_json: bool,
) -> None:
    """Print a signed URL under which anybody can read the blob under KEY for a while.

    S3 Storage can make one for up to 7 days, Google Cloud Storage too with a service account; Azure
    Blob Storage with an account key, for any time. The URL is a secret in itself.
    """
    seconds = int(duration("--expires", expires, "1h").total_seconds())
    blob = address(key, path)
    with stores.opened(session, ref) as store:
        made = store.backend.link(blob.name, seconds)
        if made.hint:
            output.warn(made.hint)
        if as_json:
            output.emit_json({"url": made.url, "expires": made.expires.isoformat()})
        else:
            output.emit(made.url)

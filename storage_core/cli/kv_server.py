"""`storage kv-server`: a small real KV server, for testing."""

from __future__ import annotations

import logging
import os

import click
from click.shell_completion import CompletionItem

from storage_core.cli import options, output
from storage_core.cli.command import command
from storage_core.cli.errors import WrongUsage
from storage_core.paths import absolute, prefect_home, shortened
from storage_core.references import check_reference, resolve


class _Port(click.ParamType[int]):
    """A port number, with an error that says what is allowed."""

    name = "port"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        try:
            number = int(value)
        except ValueError:
            number = -1
        if not 0 <= number <= 65535:
            self.fail("a port is a number from 0 to 65535", param, ctx)
        return number


@command(
    "kv-server",
    examples=(
        "storage kv-server",
        "storage kv-server --port 4300 --folder ~/kv-data",
        "storage kv-server --host 0.0.0.0 --token env:KV_TOKEN",
    ),
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on.",
)
@click.option(
    "--port",
    type=_Port(),
    metavar="PORT",
    default=4300,
    help="The port; 0 for any free one.  [default: 4300]",
)
@click.option(
    "--folder",
    metavar="PATH",
    shell_complete=lambda *_: [CompletionItem("", type="dir")],
    help="Where values are kept.",
)
@click.option(
    "--token",
    metavar="REFERENCE|-|prompt",
    help="What clients have to send: a reference such as env:KV_TOKEN, - or prompt.",
)
def kv_server(host: str, port: int, folder: str | None, token: str | None, as_json: bool) -> None:
    """Serve a folder as a KV server, for testing. Ctrl+C ends it.

    Prints the API Address once clients can connect. Values are kept in ~/.prefect/kv-server unless
    --folder names another place. Requests from web pages are refused, those of other programs on
    this machine are not, unless --token is given. Without a token, clients on other machines have
    to address this one by its IP address, by what --host says or by a name without a dot; a web
    page could forge any other name.
    """
    if folder == "":
        raise WrongUsage("--folder is empty; name a folder, or leave it out")
    secret = _token(token)
    from storage_core.kv_server import exposure, serve

    if warning := exposure(host, secret):
        output.warn(warning)
    kept = absolute(folder) if folder else os.path.join(prefect_home(), "kv-server")

    logging.getLogger("storage_core").addHandler(_Lines())

    def on_ready(address: str) -> None:
        if as_json:
            output.emit_json({"api_address": address, "folder": kept})
        else:
            output.emit(f"API Address: {address}")
            output.emit(f"Folder: {output.safe(shortened(kept))}")
        output.flush()

    serve(kept, host=host, port=port, token=secret, on_ready=on_ready)


class _Lines(logging.Handler):
    """Print the server's log, one line for each record; never a traceback."""

    def emit(self, record: logging.LogRecord) -> None:
        output.warn(record.getMessage())


def _token(given: str | None) -> str | None:
    """The token, with its reference resolved: the server needs it now."""
    if given is None:
        return None
    try:
        return resolve(check_reference(options.secret_value("--token", "Token", given)), "--token")
    except ValueError as error:
        raise WrongUsage(f"--token: {error}") from None

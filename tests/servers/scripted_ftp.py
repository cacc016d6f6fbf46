"""An FTP server whose replies a test writes, for those that no well-behaved server sends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.accepting import accepting
from tests.servers.process import HOST

Reply = str | list[str] | Callable[[socket.socket, socket.socket], object]
"""A line; several lines, sent one for each command, the last one again and again; or a function of
the control and the data connection."""

USUAL: Mapping[str, Reply] = {
    "": "220 ready",
    "USER": "331 password, please",
    "PASS": "230 welcome",
    "TYPE": "200 binary",
    "CWD": "250 there",
    "SIZE": "213 100",
    "MLST": "250-\r\n type=file;size=100; x\r\n250 that is all",
    "QUIT": "221 bye",
}


@dataclass
class ScriptedFTP:
    """A running server: its URL, and the commands so far."""

    url: str = ""
    commands: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over, to end a reply that hangs."""


@contextmanager
def scripted_ftp(replies: Mapping[str, Reply]) -> Iterator[ScriptedFTP]:
    """A server that sends the reply of each command, "" for the greeting; 502 to other commands."""
    script = {**USUAL, **replies}
    server = ScriptedFTP()

    def serve(control: socket.socket) -> None:
        with socket.create_server((HOST, 0)) as data:
            _converse(server, control, data, script)

    with accepting(serve, server.stopped) as port:
        server.url = f"ftp://{HOST}:{port}/folder"
        yield server


def _converse(
    server: ScriptedFTP, control: socket.socket, data: socket.socket, script: Mapping[str, Reply]
) -> None:
    lines = control.makefile("rb")
    command, passive = "", False
    while True:
        reply = script.get(command, "502 unknown")
        if command in ("PASV", "EPSV"):
            port = data.getsockname()[1]
            reply = f"227 here (127,0,0,1,{port // 256},{port % 256})"
            passive = True
        elif passive:
            # The client has connected before it sent this command.
            passive = False
            with data.accept()[0] as transfer:
                if callable(reply) and reply(control, transfer):
                    return
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if not callable(reply):
            control.sendall(f"{reply}\r\n".encode())
        line = lines.readline().decode().strip()
        if not line:
            return
        server.commands.append(line)
        command = line.partition(" ")[0].upper()

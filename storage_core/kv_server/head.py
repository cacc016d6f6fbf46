"""Reads the head of a request line by line, and refuses lines that others may read differently.

If two programs disagree about where a header or the head ends, a sender can hide a request inside
another one. So each line has to be a header that ends with CRLF; otherwise the head is bad.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from io import BufferedIOBase

_REQUEST: Final = re.compile(rb"[!-~]+ [!-~]+ HTTP/\d\.\d\r\n")
_HEADER: Final = re.compile(rb"[!#$%&'+*.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n")
_END: Final = b"\r\n"


class Lines:
    """The lines of a head, kept while they are read."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._read: list[bytes] = []

    def readline(self, limit: int = -1) -> bytes:
        line = self._file.readline(limit)
        self._read.append(line)
        return line

    def fault(self, request: bytes) -> str | None:
        """What is wrong with the head, in words; None if nothing is.

        Args:
            request: the first line, which is read before.
        """
        *headers, end = self._read or [b""]
        if end != _END:
            return "the head of the request does not end with an empty line"
        if not _REQUEST.fullmatch(request):
            return "the request line is not METHOD TARGET HTTP/1.1"
        if not all(_HEADER.fullmatch(line) for line in headers):
            return "a line of the head is no header: write Name: value, on one line"
        return None

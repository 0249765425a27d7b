"""A file to be sent, given as bytes or as a path: what it is, and what it measures."""

import mimetypes
import os
from hashlib import sha256
from typing import Final

from devices.client import files
from devices.client.evidence import Content
from devices.client.exchange import FileBody, Flow, Work

_UNKNOWN: Final = "application/octet-stream"
_SIGNS: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftyp", "video/mp4"),
)


def media_type(content: Content) -> str:
    """The media type of a file by its name, of bytes by how pictures and papers begin."""
    if isinstance(content, bytes):
        return next((kind for at, sign, kind in _SIGNS if content.startswith(sign, at)), _UNKNOWN)
    return mimetypes.guess_type(os.fspath(content))[0] or _UNKNOWN


def measure(content: Content) -> Flow[tuple[bytes, int, bytes | FileBody]]:
    """Digest, size and body of a file."""
    if isinstance(content, bytes):
        return sha256(content).digest(), len(content), content
    path = os.fspath(content)
    digest, size = yield Work(lambda: files.digest(path))
    return digest, size, FileBody(path, size)

"""Where frames come from, as a configuration names it: USB, RTSP or a file.

usb:0                            the first camera of the machine
rtsp://user:password@10.0.0.7/1  a network camera; the password is never shown
file:kitchen.mp4, kitchen.mp4    a video or a single picture, in its own time, over and over
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from ledger.errors import MalformedError

_USB = re.compile(r"usb:(0|[1-9][0-9]?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """A camera or a file.

    Attributes:
        kind: how it is opened.
        address: the index, the address or the path.
        shown: the same for people: without user and password.
    """

    kind: Literal["usb", "stream", "file"]
    address: str
    shown: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a configuration's `source`.

        Raises:
            MalformedError: it names none.
        """
        if usb := _USB.fullmatch(text):
            return cls("usb", usb[1], text)
        if text.startswith(("rtsp://", "rtsps://")):
            return cls("stream", text, _without_password(text))
        path = text.removeprefix("file:")
        if not path or "://" in text or text.startswith("usb:"):
            raise MalformedError("a source is usb:0, rtsp://… or the path of a file")
        return cls("file", path, path)

    @property
    def found(self) -> bool:
        """Whether there is any use in opening it; only a file can be looked for."""
        return self.kind != "file" or Path(self.address).is_file()


def _without_password(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError as error:
        raise MalformedError("the source is no address") from error
    if not parts.hostname:
        raise MalformedError("the source names no host")
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"

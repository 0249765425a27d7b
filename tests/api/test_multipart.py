"""Multipart bodies in pieces of any size, and the broken ones refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from api.errors import ProblemError
from api.multipart import MAX_PARTS, Event, Part, PartEnd, events

BODY = (
    b"--b\r\n"
    b'Content-Disposition: form-data; name="record"\r\n\r\n'
    b"{}\r\n"
    b"--b\r\n"
    b'Content-Disposition: form-data; name="photo"; filename="p.jpg"\r\n'
    b"Content-Type: image/JPEG\r\n\r\n"
    b"\xff\xd8\r\n--not-the-boundary\r\n\r\n"
    b"--b--\r\n"
)
TYPE = b"multipart/form-data; boundary=b"


def collect(body: bytes, step: int = 1000, content_type: bytes | None = TYPE) -> list[Event]:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    async def main() -> list[Event]:
        return [event async for event in events(content_type, pieces())]

    return asyncio.run(main())


@pytest.mark.parametrize("step", [1, 2, 7, 64, 1000])
def test_parts_are_the_same_however_the_body_is_cut(step: int) -> None:
    found: list[tuple[Part, bytes]] = []
    for event in collect(BODY, step):
        if isinstance(event, Part):
            part, data = event, b""
        elif event is PartEnd.END:
            found.append((part, data))
        else:
            data += event

    assert found == [
        (Part("record", None, None), b"{}"),
        (Part("photo", "p.jpg", "image/jpeg"), b"\xff\xd8\r\n--not-the-boundary\r\n"),
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY[:-6], TYPE),
        (BODY[:40], TYPE),
        (b"", TYPE),
        (b"nonsense", TYPE),
        (BODY, b"multipart/form-data"),
        (BODY, b"application/json"),
        (BODY, None),
        (BODY.replace(b'name="photo"; ', b""), TYPE),
        (
            b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n" * (MAX_PARTS + 1)
            + b"--b--",
            TYPE,
        ),
    ],
    ids=[
        "no-closing-boundary",
        "cut-in-a-header",
        "empty",
        "no-multipart",
        "no-boundary-given",
        "another-type",
        "no-type",
        "part-without-name",
        "too-many-parts",
    ],
)
def test_broken_bodies_are_malformed(body: bytes, content_type: bytes | None) -> None:
    with pytest.raises(ProblemError) as refused:
        collect(body, content_type=content_type)
    assert refused.value.code == "malformed"

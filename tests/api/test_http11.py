"""A request that asks for another protocol is answered as the request that it is."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from components.service import Service

BODY = json.dumps({"id": "?", "note": "x" * 3000}).encode()
HEAD = (
    b"POST /v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    b"Upgrade: %s\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
    b"Authorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)


@pytest.mark.parametrize("asked", [b"h2c", b"websocket"])
@pytest.mark.parametrize("piece", [1_000_000, 700, 61])
def test_the_body_arrives_whole_whatever_protocol_was_asked_for(
    service: Service, asked: bytes, piece: int
) -> None:
    plain = HEAD.replace(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %s\r\n", b"")
    token = service.admin_token.encode()
    expected = answer(service, [plain % (token, len(BODY)) + BODY], times=1)

    whole = HEAD % (asked, token, len(BODY)) + BODY
    pieces = [whole[start : start + piece] for start in range(0, len(whole), piece)]

    assert answer(service, pieces, times=2) == expected * 2
    assert "422" in expected[0]
    assert "note" in expected[0]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home: Path = tmp_path_factory.mktemp("upgrade")
    with Service(home, {"MEALTRACE_CHAIN": "none"}).found() as running:
        yield running


def answer(service: Service, pieces: list[bytes], *, times: int) -> list[str]:
    """Status line and problem of the same request, made so many times on one connection."""
    told = []
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        reader = connection.makefile("rb")
        for _ in range(times):
            for piece in pieces:
                connection.sendall(piece)
            status, length = reader.readline().decode(), 0
            while (line := reader.readline().strip()) != b"":
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            told.append(status + json.loads(reader.read(length))["detail"])
    return told

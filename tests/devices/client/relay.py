"""A relay on loopback that passes bytes on and cuts connections where a test says.

It stands in front of a real server, so what the client meets is a real reset or a real end of file
in the middle of a real answer.
"""

import contextlib
import socket
import struct
import threading
from collections import deque
from typing import Final, Self

_PIECE: Final = 65536


class Relay:
    """Relays to 127.0.0.1:`port`.

    Attributes:
        cuts: for each connection to come, how many bytes of answers reach the client before it is
            cut; 0 cuts as soon as the server has answered, so that the request has been dealt with.
            Connections beyond the list are passed on whole.
        connections: how many clients have connected.
    """

    def __init__(self, port: int) -> None:
        self.cuts: deque[int | None] = deque()
        self.connections = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for connection in list(self._open):
            _close(connection)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            cut = self.cuts.popleft() if self.cuts else None
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open |= {client, server}
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client, cut), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := client.recv(_PIECE):
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket, cut: int | None) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE):
                if cut is not None and passed + len(piece) > cut:
                    client.sendall(piece[: cut - passed])
                    break
                client.sendall(piece)
                passed += len(piece)
        if cut == 0:
            _reset(client)
        _close(client)
        _close(server)


def _reset(connection: socket.socket) -> None:
    """End with a reset instead of an end of file: what a dying gateway or a firewall does."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Wakes the thread that reads from it; until that lets go, closing would send nothing.
        connection.shutdown(socket.SHUT_RD)
        connection.close()


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()

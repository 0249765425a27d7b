"""A network cable between a gateway and a service on loopback, which a test pulls and plugs in.

Real TCP: pulled, every connection is reset in the middle of whatever it carried, and no new one is
accepted; plugged in, bytes are passed on as they are.
"""

import contextlib
import socket
import struct
import threading
from typing import Final, Self

_PIECE: Final = 65536


class Cable:
    """Listens on a port of its own and passes on to 127.0.0.1:`port`.

    Attributes:
        port: where it listens.
        connections: how many were accepted so far.
    """

    def __init__(self, port: int) -> None:
        self.connections = 0
        self._target = port
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pull(self) -> None:
        """Reset what is open; refuse what comes."""
        with self._lock:
            listener, self._listener = self._listener, None
            connections, self._open = self._open, set()
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for connection in connections:
            _reset(connection)

    def plug(self) -> None:
        """Pass on again."""
        with self._lock:
            if self._listener is not None:
                return
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                client, _ = listener.accept()
            except OSError:
                break
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                _reset(client)
                continue
            with self._lock:
                self.connections += 1
                self._open |= {client, server}
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()
        listener.close()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        """Both directions of one connection, until both have ended."""
        back = threading.Thread(target=self._pass, args=(server, client), daemon=True)
        back.start()
        self._pass(client, server)
        back.join()
        for connection in (client, server):
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(_PIECE):
                other.sendall(piece)
            other.shutdown(socket.SHUT_WR)
            return
        # It broke off: the other direction must not wait for what will never come.
        for connection in (one, other):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Wakes the thread that reads from it; until that lets go, closing would send nothing.
        connection.shutdown(socket.SHUT_RD)
        connection.close()

"""The cable between the demo's gateway and its service: real TCP on loopback, not plugged in at first.

Until then nobody answers at its port, as where the network is down.
"""

import contextlib
import socket
import threading
from typing import Final, Self

_PIECE: Final = 65_536


class Cable:
    """Passes on to 127.0.0.1:`port` once it is plugged in.

    Attributes:
        url: where it will be reached.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))  # held, and refusing, until it listens
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def plug(self) -> None:
        """Pass on from now on."""
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            threading.Thread(target=_carry, args=(client, server), daemon=True).start()


def _carry(client: socket.socket, server: socket.socket) -> None:
    """Both directions of one connection, until both have ended."""
    with client, server:
        back = threading.Thread(target=_pass, args=(server, client), daemon=True)
        back.start()
        _pass(client, server)
        back.join()


def _pass(one: socket.socket, other: socket.socket) -> None:
    """One direction, to its end."""
    with contextlib.suppress(OSError):
        while piece := one.recv(_PIECE):
            other.sendall(piece)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)

"""A network camera that plays a file (网络摄像机仿真): RTSP with RTP over its own connection.

    mealtrace-gateway emulate camera day.mp4 --port 8554    →    rtsp://127.0.0.1:8554/

What a client needs and no more: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN (RFC 2326), RTP interleaved in
the same TCP connection (§10.12), MPEG-4 Visual cut into packets (RFC 6416 §5). The file is one that
`emulate video` wrote; it is sent as it is, in its own time, over and over.
"""

import contextlib
import itertools
import re
import socket
import socketserver
import struct
import threading
import time
from pathlib import Path
from typing import Annotated, Any, Final

import cv2
import typer

from devices.gateway.language import tr
from ledger.errors import LedgerError, MalformedError

app = typer.Typer(add_completion=False)

_CLOCK_HZ: Final = 90_000
_PACKET: Final = 1400
_PAYLOAD_TYPE: Final = 96
_SSRC: Final = 0x4D454154


class Film:
    """The encoded pictures of a file, taken out without decoding them."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            MalformedError: it is no video in MPEG-4 Part 2.
        """
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        four = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
        if not capture.isOpened() or four.to_bytes(4, "little") not in (b"mp4v", b"FMP4"):
            raise MalformedError(f"{path} is no video that `emulate video` wrote")
        self.rate = capture.get(cv2.CAP_PROP_FPS) or 10.0
        capture.set(cv2.CAP_PROP_FORMAT, -1)
        index = int(capture.get(cv2.CAP_PROP_CODEC_EXTRADATA_INDEX))
        self.pictures: list[bytes] = []
        while capture.grab():
            done, data = capture.retrieve()
            if done:
                self.pictures.append(bytes(data.tobytes()))
        done, header = capture.retrieve(None, index)
        self.header = bytes(header.tobytes()) if done and header is not None else b""
        capture.release()
        if not self.pictures:
            raise MalformedError(f"{path} has no pictures")

    def sdp(self) -> str:
        """What DESCRIBE answers (RFC 4566, RFC 6416 §7.1)."""
        return (
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=kitchen\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
            f"m=video 0 RTP/AVP {_PAYLOAD_TYPE}\r\na=rtpmap:{_PAYLOAD_TYPE} MP4V-ES/{_CLOCK_HZ}\r\n"
            f"a=fmtp:{_PAYLOAD_TYPE} profile-level-id=1;config={self.header.hex().upper()}\r\n"
            "a=control:track1\r\n"
        )


class _Session(socketserver.StreamRequestHandler):
    """One client and what it asks for."""

    server: "Server"

    def handle(self) -> None:
        """One client, from its first request until either side ends."""
        self.server.clients.append(self)
        stop = threading.Event()
        try:
            while request := self._request():
                verb, sequence, transport = request
                if verb == "PLAY":
                    self._answer(sequence, "Session: 1")
                    threading.Thread(target=self._play, args=(stop,), daemon=True).start()
                elif verb == "DESCRIBE":
                    body = self.server.film.sdp()
                    self._answer(sequence, "Content-Type: application/sdp", body)
                elif verb == "SETUP" and "interleaved" in transport:
                    self._answer(sequence, f"Transport: {transport}\r\nSession: 1")
                elif verb == "SETUP":
                    self._answer(sequence, "", status="461 Unsupported Transport")
                elif verb == "TEARDOWN":
                    self._answer(sequence, "Session: 1")
                    return
                else:
                    self._answer(sequence, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
        except OSError:
            return
        finally:
            stop.set()
            self.server.clients.remove(self)

    def _request(self) -> tuple[str, str, str] | None:
        """Verb, sequence number and transport; RTCP of the client is passed over."""
        while True:
            first = self.rfile.read(1)
            if not first:
                return None
            if first == b"$":
                _, length = struct.unpack(">BH", self.rfile.read(3))
                self.rfile.read(length)
                continue
            head = first + self.rfile.readline(2000)
            headers: dict[str, str] = {}
            while (line := self.rfile.readline(2000).strip()) and len(headers) < 50:
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            verb = re.match(rb"[A-Z_]{3,20}", head)
            if verb is None:
                return None
            return verb[0].decode(), headers.get("cseq", "0"), headers.get("transport", "")

    def _answer(self, sequence: str, more: str, body: str = "", status: str = "200 OK") -> None:
        extra = f"{more}\r\n" if more else ""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        text = f"RTSP/1.0 {status}\r\nCSeq: {sequence}\r\n{extra}{length}\r\n{body}"
        with self.server.lock:
            self.wfile.write(text.encode("ascii"))

    def _play(self, stop: threading.Event) -> None:
        film = self.server.film
        began = time.monotonic()
        number = itertools.count()
        try:
            for place, picture in enumerate(itertools.cycle(film.pictures)):
                stop.wait(max(0.0, began + place / film.rate - time.monotonic()))
                if stop.is_set():
                    return
                stamp = round(place * _CLOCK_HZ / film.rate) & 0xFFFFFFFF
                for start in range(0, len(picture), _PACKET):
                    last = start + _PACKET >= len(picture)
                    head = struct.pack(
                        ">BBHII", 0x80, _PAYLOAD_TYPE | (0x80 if last else 0),
                        next(number) & 0xFFFF, stamp, _SSRC,
                    )  # fmt: skip
                    packet = head + picture[start : start + _PACKET]
                    with self.server.lock:
                        self.wfile.write(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
        except OSError:
            return


class Server(socketserver.ThreadingTCPServer):
    """Serves one film to any number of clients."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, film: Film, port: int = 0, host: str = "127.0.0.1") -> None:
        """`port` 0: any that is free."""
        self.film = film
        self.lock = threading.Lock()
        self.clients: list[Any] = []
        super().__init__((host, port), _Session)

    @property
    def url(self) -> str:
        """Where it plays."""
        host, port = self.server_address[:2]
        return f"rtsp://{host!s}:{port}/"

    def cut(self) -> None:
        """Break the connection of every client, as a network does."""
        for client in list(self.clients):
            with contextlib.suppress(OSError):
                client.connection.shutdown(socket.SHUT_RDWR)


@app.command(
    help=tr(
        "A network camera that plays a file of `emulate video` over RTSP.",
        "网络摄像机仿真：以 RTSP 播放 `emulate video` 生成的视频文件。",
    )
)
def main(
    path: Annotated[Path, typer.Argument(help=tr("File to play.", "播放的文件。"))],
    port: Annotated[int, typer.Option(min=0, max=65535, help=tr("Port.", "端口。"))] = 8554,
    host: Annotated[
        str, typer.Option(help=tr("Address to listen on.", "监听地址。"))
    ] = "127.0.0.1",
) -> None:
    """Play a file over RTSP."""
    try:
        film = Film(path)
    except LedgerError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(2) from error
    with Server(film, port, host) as server:
        typer.echo(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    app()

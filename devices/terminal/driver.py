"""Drives one morning-check terminal: listens, takes checks in, and says how it is."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import uvicorn

from devices.gateway.driver import Observation, Sink, Stop
from devices.gateway.drivers import Site, now_ms
from devices.gateway.table import Table
from devices.local import status as device_status
from devices.local.people import KnownPeople, Member, PeopleFile, read
from devices.terminal import dialects
from devices.terminal.check import HANDS
from devices.terminal.desk import Desk, Post
from devices.terminal.dialects import Dialect
from devices.terminal.receiver import Limits, Receiver, Tally
from devices.terminal.seen import Seen
from devices.terminal.verdict import Rule
from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.errors import LedgerError, MalformedError, RefusedError, UnavailableError

_SOFTWARE: Final = "mealtrace-gateway terminal 1"
_DEVICE: Final = r"device:[A-Za-z0-9._~-]{1,128}"
_CANTEEN: Final = r"canteen:[0-9]{10}~[0-9]{2}"
_CONNECTIONS: Final = 16
_ROUND_S: Final = 1.0
_AGAIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and how a terminal is listened to.

    Attributes:
        host: address.
        port: TCP port; 0: any that is free.
        certificate: TLS certificate file; None: without TLS.
        key: its private key file.
        secret: shared with the terminal.
        secret_in_query: whether the terminal can only put it into its address.
        people_file: who is who, to be listed for the terminal.
        seen_file: which checks were taken.
        silent_s: unheard for so long, it is degraded; 0: it sends no heartbeats.
        status_s: a device-status at least so often.
        limits: of a request.
    """

    host: str
    port: int
    secret: str
    people_file: Path
    seen_file: Path
    certificate: str | None = None
    key: str | None = None
    secret_in_query: bool = False
    silent_s: float = 0.0
    status_s: float = 21_600.0
    limits: Limits = Limits()  # noqa: RUF009 - frozen


class TerminalDriver:
    """A `Driver` (`devices.gateway.driver`)."""

    tells_itself = True

    def __init__(
        self,
        post: Post,
        dialect: Dialect,
        listening: Listening,
        *,
        config_sha256: str = "0" * 64,
        now_ms: Callable[[], int] = now_ms,
    ) -> None:
        """Nothing is opened before `run`."""
        self._post = post
        self._dialect = dialect
        self._listening = listening
        self._config_sha256 = config_sha256
        self._now_ms = now_ms
        self._tally = Tally()
        self._people = PeopleFile(listening.people_file)
        self._fault: str | None = None
        self._started_ms = 0
        self._told: tuple[str, int] | None = None
        self.address: tuple[str, int] | None = None
        """Where it listens; None: it does not."""

    @property
    def device(self) -> str:
        """Subject of the terminal."""
        return self._post.device

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page; no personal data."""
        tally = self._tally
        return {
            "state": self._state(self._now_ms()) if self.address else "not-listening",
            "address": f"{self.address[0]}:{self.address[1]}" if self.address else None,
            "checks": tally.checks,
            "last_check_at": _time(tally.last_check_ms),
            "last_heard_at": _time(tally.last_heard_ms),
            "heartbeats": tally.heartbeats,
            "sign_offs": tally.sign_offs,
            "unauthorised": tally.unauthorised,
            "not_taken": dict(tally.not_taken),
            "people": self._people.fault,
            "last_fault": self._fault or tally.last_fault,
        }

    def run(self, sink: Sink, stop: Stop) -> None:
        """Listen until told to stop; come back where the port or the file is not to be had."""
        self._started_ms = self._now_ms()
        while not stop.is_set():
            try:
                self._serve(sink, stop)
            except (OSError, UnavailableError) as error:
                self._fault = f"{_time(self._now_ms())} {error}"
                stop.wait(_AGAIN_S)

    def _serve(self, sink: Sink, stop: Stop) -> None:
        listening = self._listening
        seen = Seen(listening.seen_file)
        desk = Desk(self._post, self._people, seen, sink, self._now_ms)
        receiver = Receiver(
            desk, self._post, self._dialect, listening.secret, members=self._listed,
            tally=self._tally, now_ms=self._now_ms, limits=listening.limits,
            secret_in_query=listening.secret_in_query,
        )  # fmt: skip
        family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
        with socket.create_server((listening.host, listening.port), family=family) as opened:
            config = uvicorn.Config(
                receiver.app(), log_config=None, access_log=False, lifespan="off", ws="none",
                http="h11", server_header=False, limit_concurrency=_CONNECTIONS,
                timeout_keep_alive=5, timeout_graceful_shutdown=5,
                h11_max_incomplete_event_size=16 * 1024, ssl_certfile=listening.certificate,
                ssl_keyfile=listening.key, ssl_version=ssl.PROTOCOL_TLS_SERVER,
            )  # fmt: skip
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, args=([opened],), daemon=True)
            thread.start()
            self.address = opened.getsockname()[:2]
            self._fault = None
            try:
                while thread.is_alive():
                    self._tell(sink)
                    if stop.wait(_ROUND_S):
                        break
                else:
                    raise UnavailableError("the receiver ended by itself")
            finally:
                self.address = None
                server.should_exit = True
                thread.join(15)
                seen.close()

    def _tell(self, sink: Sink) -> None:
        """A device-status at the start, at every change, and from time to time."""
        at_ms = self._now_ms()
        state = self._state(at_ms)
        if self._told is not None:
            before, told_ms = self._told
            if before == state and at_ms - told_ms < 1000 * self._listening.status_s:
                return
        payload = device_status.payload(
            school="school:" + self._post.canteen.partition(":")[2].partition("~")[0],
            device=self.device,
            at_ms=at_ms,
            status=state,
            started_ms=self._started_ms,
            firmware=_SOFTWARE,
            config_sha256=self._config_sha256,
            clock=sink.clock(),
            last_counter=None,
        )
        try:
            sink.keep(Observation(self.device, "device-status", payload, at_ms))
        except (RefusedError, UnavailableError) as error:
            self._fault = f"{_time(at_ms)} {error}"
            return
        self._told = state, at_ms

    def _state(self, at_ms: int) -> str:
        silent_ms = 1000 * self._listening.silent_s
        heard_ms = self._tally.last_heard_ms or self._started_ms
        return "degraded" if silent_ms and at_ms - heard_ms > silent_ms else "working"

    def _listed(self) -> list[Member]:
        people = KnownPeople((), 0)
        with suppress(LedgerError):
            people = read(self._listening.people_file)
        return list(people.members)


def driver(table: Table, site: Site) -> TerminalDriver:
    """The driver of one `[[terminal]]` table, its files beside gateway.toml and in the state folder."""
    return from_config(table, state=site.folder, now_ms=site.now_ms)


def from_config(
    table: Table | Mapping[str, Any],
    *,
    state: Path | None = None,
    now_ms: Callable[[], int] = now_ms,
) -> TerminalDriver:
    """The driver of one `[[terminal]]` table (docs/devices/terminal.md).

    Args:
        table: the table.
        state: the folder for which checks were taken, where the table names no other file.
        now_ms: the gateway's clock.

    Raises:
        MalformedError: a key that is unknown, missing or wrong, named.
    """
    read_from = Table.of(table, "[terminal]")
    zone_name = read_from.text("zone", "Asia/Shanghai")
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MalformedError(f"[terminal]: zone {zone_name!r:.60} is none") from error
    hands = read_from.texts("unfit_hands", HANDS)
    if not set(hands) <= set(HANDS):
        raise MalformedError(f"[terminal]: unfit_hands are some of {', '.join(HANDS)}")
    rule = Rule(
        low_mC=read_from.integer("low_mC", 35_900, least=30_000, most=37_000),
        high_mC=read_from.integer("high_mC", 37_300, least=36_500, most=40_000),
        hands=hands,
    )
    post = Post(
        device=read_from.text("device", pattern=_DEVICE),
        code=read_from.text("code"),
        canteen=read_from.text("canteen", pattern=_CANTEEN),
        zone=zone,
        rule=rule,
    )
    dialect = dialects.named(read_from.text("dialect", "mealtrace"))
    host = read_from.text("host", "127.0.0.1")
    certificate, key = (
        str(read_from.path(name)) if read_from.has(name) else None
        for name in ("tls_certificate", "tls_key")
    )
    if (certificate is None) != (key is None):
        raise MalformedError("[terminal]: tls_certificate and tls_key stand together")
    if not _is_loopback(host) and certificate is None and not read_from.flag("plain_http", False):
        raise MalformedError(
            "[terminal]: photos of faces would cross the network in the open: give tls_certificate "
            "and tls_key, or say plain_http = true"
        )
    read_from.flag("plain_http", default=False)
    if certificate is not None and key is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise MalformedError(f"[terminal]: tls_certificate, tls_key: {error}") from error
    if state is not None and not read_from.has("seen"):
        seen_file = state / f"{post.device.partition(':')[2]}.checks.db"
    else:
        seen_file = read_from.path("seen")
    listening = Listening(
        host=host,
        port=read_from.integer("port", least=0, most=65_535),
        secret=read_from.text("secret", pattern=r"[\x21-\x7e]{16,200}"),
        people_file=read_from.path("people", "people.json"),
        seen_file=seen_file,
        certificate=certificate,
        key=key,
        secret_in_query=read_from.flag("secret_in_query", default=False),
        silent_s=read_from.number("silent_s", 0.0, least=0, most=86_400),
        status_s=read_from.number("status_s", 21_600.0, least=1, most=86_400),
        limits=Limits(
            most_bytes=read_from.integer("most_bytes", 8 << 20, least=1024, most=64 << 20),
            most_image_bytes=read_from.integer(
                "most_image_bytes", 3 << 20, least=256, most=32 << 20
            ),
            body_s=read_from.number("body_s", 20.0, least=0.1, most=300),
        ),
    )
    read_from.end()
    digest = device_status.config_digest(read_from.members)
    return TerminalDriver(post, dialect, listening, config_sha256=digest, now_ms=now_ms)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _time(ms: int | None) -> str | None:
    return None if ms is None else timestamp.format(ms)

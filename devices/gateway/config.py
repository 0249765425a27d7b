"""gateway.toml: what a gateway is, where it sends, and which devices it drives.

    [gateway]
    url = "https://meals.example"
    party = "gateway:s0001"
    school = "school:2105020001"
    token_file = "gateway.token"
    fingerprint = "5b0c…"            # of the log's policy, as the operator printed it

    [[scale]]
    device = "device:s0001-scale-1"
    port = "/dev/ttyUSB0"            # what stands here is the driver's own to read

Strict: an unknown key is refused with its place, for a misspelt limit is a limit that is not kept.
"""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from devices.gateway.clock import TOLERANCE_MS
from devices.gateway.drivers import KINDS
from devices.gateway.table import Table
from devices.outbox import Limits, Pace
from ledger.errors import MalformedError, NotFoundError, UnavailableError

_MIB: Final = 1 << 20
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Page:
    """The local status page.

    Attributes:
        host: where it listens; loopback, unless somebody wrote otherwise.
        port: 0: there is none.
    """

    host: str = "127.0.0.1"
    port: int = 8650


@dataclass(frozen=True, slots=True)
class Config:
    """A gateway as configured.

    Attributes:
        url: address of the service.
        party: whose key signs: `gateway:…`, or the device's own subject.
        school: whose devices these are.
        beside: where the file lies.
        folder: for key, outbox and status; durable, and its owner's alone.
        token_file: holds the bearer token.
        fingerprint: of the log's policy, 64 hex digits, or None.
        policy_file: the policy itself, or None.
        ca_file: certificates to trust besides the system's, or None.
        limits: of the outbox.
        pace: of sending.
        clock_tolerance_ms: within which the clock counts as synchronised.
        status_every_s: between two `device-status` of a device.
        page: the status page.
        devices: a table for each, by kind, in the file's order.
        sha256: lower-case hex of the file's digest, as `device-status` reports it.
    """

    url: str
    party: str
    school: str
    beside: Path
    folder: Path
    token_file: Path
    fingerprint: str | None
    policy_file: Path | None
    ca_file: Path | None
    limits: Limits
    pace: Pace
    clock_tolerance_ms: int
    status_every_s: int
    page: Page
    devices: tuple[tuple[str, Table], ...]
    sha256: str

    @property
    def outbox_folder(self) -> Path:
        """Where the outbox lies."""
        return self.folder / "outbox"

    def token(self) -> str:
        """The bearer token.

        Raises:
            NotFoundError: there is no such file.
            UnavailableError: it cannot be read.
        """
        try:
            return self.token_file.read_text("utf-8").strip()
        except FileNotFoundError as error:
            raise NotFoundError(f"no token file {self.token_file}") from error
        except OSError as error:
            raise UnavailableError(f"{self.token_file} cannot be read: {error.strerror}") from error


def load(path: Path) -> Config:
    """The configuration in a file.

    Raises:
        NotFoundError: there is no such file.
        MalformedError: it is no TOML, or something in it is not as it should be, with its place.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(f"no file {path}") from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    return parse(data, path.name, path.resolve().parent)


def parse(data: bytes, name: str, folder: Path) -> Config:
    """The configuration in `data`; file names in it are relative to `folder`.

    Raises:
        MalformedError: as `load`.
    """
    try:
        members = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MalformedError(f"{name}: {error}") from error
    whole = Table(members, name, folder)
    gateway = whole.table("gateway")
    outbox = whole.table("outbox")
    page = whole.table("page")
    config = Config(
        url=gateway.text("url"),
        party=gateway.subject("party", ("gateway", "device", "camera")),
        school=gateway.subject("school", ("school",)),
        beside=folder,
        folder=gateway.path("folder", "state"),
        token_file=gateway.path("token_file", "gateway.token"),
        fingerprint=_fingerprint(gateway),
        policy_file=gateway.path("policy_file") if gateway.has("policy_file") else None,
        ca_file=gateway.path("ca_file") if gateway.has("ca_file") else None,
        limits=Limits(
            max_bytes=outbox.integer("max_mib", 4096, least=16) * _MIB,
            min_free_bytes=outbox.integer("min_free_mib", 256) * _MIB,
            receipts_days=outbox.integer("receipts_days", 90, least=1),
        ),
        pace=Pace(
            batch_records=outbox.integer("batch_records", Pace().batch_records, least=1, most=500),
            records_per_s=outbox.number("records_per_s", Pace().records_per_s, least=0.1),
            bytes_per_s=outbox.number("kib_per_s", Pace().bytes_per_s / 1024, least=1) * 1024,
            longest_s=outbox.number("longest_wait_s", Pace().longest_s, least=1),
        ),
        clock_tolerance_ms=gateway.integer("clock_tolerance_ms", TOLERANCE_MS, least=1),
        status_every_s=gateway.integer("status_every_s", 4 * 3600, least=1),
        page=Page(page.text("host", Page().host), page.integer("port", Page().port, most=65_535)),
        devices=tuple((kind, table) for kind in KINDS for table in whole.tables(kind)),
        sha256=sha256(data).hexdigest(),
    )
    if config.page.host not in LOOPBACK and not page.flag("open_to_others", default=False):
        raise page.fault("host", "is not loopback; open_to_others = true lets others look")
    for table in (whole, gateway, outbox, page):
        table.end()
    return config


def _fingerprint(gateway: Table) -> str | None:
    if not gateway.has("fingerprint"):
        return None
    digits = "".join(gateway.text("fingerprint").split()).lower()
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise gateway.fault("fingerprint", "is not 64 hex digits")
    return digits

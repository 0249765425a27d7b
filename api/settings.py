"""Everything an installation can be told, read once at the entry point and passed on.

Each setting is an environment variable with the prefix `MEALTRACE_` (`MEALTRACE_PORT=8000`).
An empty one is none.
Without any, the service runs embedded: SQLite, a folder of blobs and an in-process chain under
`.mealtrace/`. Secrets are never settings: they are files, named here by their paths, which only
their owner may read.

`data_dir` and `keys_dir` are apart on purpose: whoever gets a copy of the data without the keys
has ciphertext (FORMATS §4), and a data folder put back from a backup does not take the mark of
what was released back with it (DESIGN §8).
"""

import ipaddress
import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_of(text: str | None) -> tuple[Network, ...]:
    """The networks of a list by commas; `none` has none.

    Raises:
        ValueError: one is none.
    """
    if text is None or text.strip() == "none":
        return ()
    found = []
    for part in text.split(","):
        try:
            found.append(ipaddress.ip_network(part.strip()))
        except ValueError as error:
            raise ValueError(f"{part.strip()!r} is not a network, as in 10.20.0.0/16") from error
    return tuple(found)


class Settings(BaseSettings):
    """One installation. Sizes are in bytes, durations in seconds, unless the name says more."""

    model_config = SettingsConfigDict(
        env_prefix="MEALTRACE_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    # Where things lie.
    home: Path = Field(Path(".mealtrace"), description="Folder of an embedded installation.")
    data_dir: Path = Field(
        Path(), description="SQLite database, blobs and embedded chain. Default: `<home>/data`."
    )
    keys_dir: Path = Field(
        Path(),
        description="Key files and the released mark; not part of any backup of the data. "
        "Default: `<home>/keys`. Files: `log.key` (signed-note private key), `kek` and `index` "
        "(32 bytes each, sealing), `anchor.key` (32 bytes hex, pays for anchors), "
        "`database.password`, `s3.secret`, `admin.token`.",
    )

    # The log, as `init` founds it. Later changes are records, not settings.
    name: str = Field(
        "MealTrace", min_length=1, max_length=500, description="Name of the log in its genesis."
    )
    origin: str = Field(
        "mealtrace.localhost",
        pattern=r"^[A-Za-z0-9._~:/-]{1,255}$",
        description="Origin line of every checkpoint: the address of the log without scheme.",
    )
    operator: str = Field(
        "operator:91350100M000100Y43",
        pattern=r"^operator:[A-Za-z0-9._-]{1,64}$",
        description="Party that runs the log and issues its genesis.",
    )
    time_zone: str = Field(
        "Asia/Shanghai", description="IANA zone of civil dates, fixed in genesis."
    )
    entries: Literal["public", "restricted"] = Field(
        "restricted",
        description="Who may read entry bundles, fixed in genesis; publishing cannot be undone.",
    )
    authorities_file: Path | None = Field(
        None,
        description="JSON array of {party, jwk}: the keys that vouch for other keys in genesis.",
    )

    # Database, blobs, chain.
    database_url: str | None = Field(
        None,
        description="SQLAlchemy URL without password; `postgresql+psycopg://user@host/name`. "
        "Default: SQLite in `data_dir`. The password is read from `<keys_dir>/database.password`.",
    )
    s3_endpoint: str | None = Field(
        None, description="`host:port` of an S3 server for blobs. Default: a folder in `data_dir`."
    )
    s3_bucket: str = Field("mealtrace", description="Bucket of the blobs.")
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_access_key: str = Field("mealtrace", description="Access key; secret in `s3.secret`.")
    s3_secure: bool = Field(True, description="TLS to the S3 server.")
    s3_lock: Literal["compliance", "governance", "none"] = Field(
        "compliance",
        description="How the bucket keeps blobs that records name: from everybody, from everybody "
        "without the right to bypass it, or not at all. A folder keeps nothing.",
    )
    s3_lock_days: int = Field(
        730,
        ge=1,
        le=36_500,
        description="For how long, from then; prolonged at half of it while the record stands.",
    )
    orphan_days: float = Field(
        7.0, gt=0, description="Days after which an upload that no record names is removed."
    )
    scrub_bytes_per_s: int = Field(
        1 * MIB,
        ge=0,
        description="Rate at which stored blobs are read again and compared; 0 does not.",
    )
    scrub_every_s: float = Field(
        86_400.0, ge=0, description="Seconds from the start of one such pass to the next, at least."
    )
    chain: Literal["embedded", "rpc", "none"] = Field(
        "embedded",
        description="Where checkpoints are anchored: the in-process chain in `data_dir`, a node at "
        "`rpc_url`, or nowhere.",
    )
    rpc_url: str | None = Field(None, description="JSON-RPC address of an EVM node (`chain=rpc`).")
    confirmations: int | None = Field(
        None,
        ge=1,
        description="Blocks above an anchor's that make it final; default: the node's `finalized` "
        "tag. Also printed into the policy served at `/v1/trust`.",
    )
    anchor_every_records: int = Field(
        1000, ge=1, description="Anchor when so many records came since the last anchor."
    )
    anchor_every_s: float = Field(
        60.0, gt=0, description="Anchor when so long passed since the last anchor, in seconds."
    )
    anchor_least_s: float = Field(
        5.0, ge=0, description="Seconds between two anchors at least, however many records come."
    )
    subject_index_hour: int = Field(
        2,
        ge=0,
        le=23,
        description="Hour, in the log's time zone, at which a day ends for its subject index.",
    )
    webhooks: bool = Field(
        True,
        description="Send warnings to subscriptions; false where a copy of a log is tried out.",
    )
    webhook_networks: str | None = Field(
        None,
        description="Networks, by commas, that webhooks may go to beside public addresses, as in "
        "10.20.0.0/16; `none`: no other. Default: this machine in embedded and sandbox mode, else "
        "none.",
    )
    webhook_days: float = Field(
        3.0, gt=0, description="Days after which a warning that nobody takes is given up."
    )
    webhook_timeout_s: float = Field(
        15.0, gt=0, description="Seconds that a receiver of webhooks has for its whole answer."
    )
    webhooks_per_party: int = Field(10, ge=1, description="Most webhooks of one party.")
    worker_inside: bool | None = Field(
        None,
        description="Run anchoring inside `serve`. Default: only with the embedded chain, which "
        "lives in one process.",
    )

    # The service.
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    metrics_host: str = Field("127.0.0.1", description="Address of /metrics.")
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="Port of /metrics; without one there is none."
    )
    public_url: str | None = Field(
        None, description="Address clients see, for the policy's log line. Default: none printed."
    )
    trusted_proxies: str | None = Field(
        None,
        description="Addresses or networks, by commas, of proxies whose X-Forwarded-For tells who "
        "asks: rates without a token are counted by address. Default: none is believed.",
    )
    auditors: tuple[str, ...] = Field(
        (),
        description="Parties, as a JSON array, whose keys the policy at `/v1/trust` names as "
        "auditors; who changes it prints the policy's fingerprint anew.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level written to the log, one JSON object a line on stderr."
    )
    access_log: bool = Field(False, description="One log line a request, besides problems.")
    sandbox: bool = Field(
        False,
        description="Mark every answer as a throw-away ledger's; `serve --sandbox` sets it.",
    )
    shutdown_s: int = Field(
        20, ge=1, description="Seconds that requests in progress get at shutdown."
    )
    drain_s: float = Field(
        0.5,
        ge=0,
        le=60,
        description="Seconds at shutdown in which requests that arrive still get an answer, 503: "
        "as long as a balancer takes to notice.",
    )

    # Limits.
    json_body_bytes: int = Field(1 * MIB, ge=1024, description="Largest JSON body.")
    batch_body_bytes: int = Field(32 * MIB, ge=1024, description="Largest body of a batch.")
    batch_lines: int = Field(10_000, ge=1, description="Most lines of a batch.")
    atomic_lines: int = Field(1_000, ge=1, le=1024, description="Most lines of an atomic batch.")
    blob_bytes: int = Field(64 * MIB, ge=1024, description="Largest blob.")
    multipart_bytes: int = Field(
        256 * MIB, ge=1024, description="Largest multipart body of a record with its blobs."
    )
    verify_bytes: int = Field(
        64 * MIB, ge=1024, description="Largest multipart body of POST /v1/verify."
    )
    verify_parallel: int = Field(
        2, ge=1, description="Verifications and prepare calls running at once; more wait."
    )
    queue_records: int = Field(
        4096, ge=1, description="Records waiting for a transaction; beyond it requests get 429."
    )
    transaction_records: int = Field(
        1024, ge=1, le=1024, description="Most records of one transaction."
    )
    prepare_processes: int | None = Field(
        None,
        ge=0,
        le=64,
        description="Processes that help to prepare large batches, and single records under load. "
        "Default: one for each core but one, 4 at most.",
    )
    disk_reserve_bytes: int = Field(
        512 * MIB, ge=0, description="Free bytes of `data_dir` below which nothing is taken (507)."
    )
    token_cache_s: float = Field(
        2.0,
        ge=0,
        description="How long another process may still honour a revoked token, in seconds.",
    )
    requests_per_s: float = Field(
        5000.0, gt=0, description="Requests a second of a token that names no rate of its own."
    )
    open_requests_per_s: float = Field(
        500.0, gt=0, description="Requests a second of one address without a token."
    )

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - only validation

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone") from error
        return value

    @field_validator("webhook_networks")
    @classmethod
    def _networks_exist(cls, value: str | None) -> str | None:
        networks_of(value)
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.chain == "rpc" and not self.rpc_url:
            raise ValueError("MEALTRACE_CHAIN=rpc needs MEALTRACE_RPC_URL")
        if self.data_dir == Path():
            object.__setattr__(self, "data_dir", self.home / "data")
        if self.keys_dir == Path():
            object.__setattr__(self, "keys_dir", self.home / "keys")
        return self

    @property
    def embedded(self) -> bool:
        """Whether one process holds everything and `serve` founds the log by itself."""
        return self.chain == "embedded" and self.database_url is None

    @property
    def runs_worker(self) -> bool:
        """Whether `serve` also anchors."""
        return self.chain == "embedded" if self.worker_inside is None else self.worker_inside

    @property
    def private_networks(self) -> tuple[Network, ...]:
        """The networks that webhooks may go to beside public addresses."""
        return networks_of(self.webhook_networks)

    @property
    def helpers(self) -> int:
        """How many processes help to prepare records."""
        if self.prepare_processes is not None:
            return self.prepare_processes
        return min((os.cpu_count() or 1) - 1, 4)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def engine_url(self) -> str:
        """The database's URL with its password, never to be logged."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'ledger.sqlite'}"
        password = self.keys_dir / "database.password"
        if not password.exists():
            return self.database_url
        parts = urlsplit(self.database_url)
        user, _, host = parts.netloc.rpartition("@")
        secret = quote(password.read_text("utf-8").strip(), safe="")
        return urlunsplit(parts._replace(netloc=f"{user.split(':')[0]}:{secret}@{host}"))

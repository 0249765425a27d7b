"""An installation, opened: the parts of the service joined as its settings say.

`founding.py` makes one; here nothing is created.
"""

import logging
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import getpid
from threading import Lock
from typing import TYPE_CHECKING, Final

from api import key_files
from api.settings import Settings
from ledger import note
from ledger.anchor import AnchorTarget
from ledger.errors import NotFoundError
from ledger.governance import Genesis
from ledger.note import NoteSigner
from storage.blobs import BlobStore
from storage.blobs.directory import DirectoryBlobs
from storage.database import open_engine
from storage.mark import FileMark, MemoryMark, ReleasedMark
from storage.migrate import check_migrated
from storage.sealing import SealingKeys
from storage.store import Store
from storage.turns import MarkInTurn
from storage.unfinished import check_finished

if TYPE_CHECKING:
    from anchoring.chain import Chain
    from anchoring.embedded import EmbeddedChain
    from anchoring.loop import Anchoring
    from storage.blobs.s3 import S3Address

logger = logging.getLogger("mealtrace.installation")

LOG_KEY: Final = "log.key"
SEALING_KEY: Final = "kek"
INDEX_KEY: Final = "index"
ANCHOR_KEY: Final = "anchor.key"
ADMIN_TOKEN: Final = "admin.token"  # noqa: S105 - a file's name
S3_SECRET: Final = "s3.secret"  # noqa: S105 - a file's name
EMBEDDED_CHAIN: Final = "chain.sqlite"
MARK: Final = "released"


@dataclass(slots=True)
class Installation:
    """What `serve`, `worker`, `audit` and the other commands work with.

    Attributes:
        settings: as given.
        store: founded and migrated.
        blobs: where blobs lie.
        genesis: the log's own constitution.
        ledger: leaf hash of genesis, 32 bytes.
        operator: who runs the log, as genesis has it; the settings only say so before.
    """

    settings: Settings
    store: Store
    blobs: BlobStore
    genesis: Genesis
    ledger: bytes
    operator: str
    _embedded: "EmbeddedChain | None" = None
    _opening: Lock = field(default_factory=Lock)

    def close(self) -> None:
        """Let go of database connections and of the embedded chain's file. May be called twice."""
        self.store.close()
        if self._embedded is not None:
            self._embedded.close()

    @property
    def embedded_chain(self) -> "EmbeddedChain | None":
        """The in-process chain, None with any other; opened by who first asks, for it is heavy."""
        if self.settings.chain == "embedded":
            with self._opening:
                if self._embedded is None:
                    self._embedded = open_embedded_chain(self.settings)
        return self._embedded

    def open_chain(self) -> "Chain | None":
        """The chain, for one thread; None where there is none. Only a node's is to be closed."""
        if self.embedded_chain is not None:
            return self.embedded_chain
        return None if self.settings.chain == "none" else open_node(self.settings)

    def target(self) -> AnchorTarget | None:
        """The newest anchor target that this installation's account registered; None without."""
        key = self.settings.keys_dir / ANCHOR_KEY
        if self.settings.chain == "none" or not key.exists():
            return None
        from anchoring.account import Account  # noqa: PLC0415 - the chain's libraries are heavy

        address = Account(key_files.read_key(key)).address
        targets = [target for _, target in self.store.registry().standing.targets]
        return next((t for t in reversed(targets) if t.registrant == address), None)

    @contextmanager
    def anchoring(self) -> "Iterator[Anchoring | None]":
        """What anchors this log, for one thread; None where there is no chain or no target.

        Raises:
            MalformedError: the anchoring key cannot be read.
        """
        target = self.target()
        if target is None:
            yield None
            return
        from anchoring.loop import Anchoring  # noqa: PLC0415 - the chain's libraries are heavy
        from anchoring.policy import AnchoringPolicy  # noqa: PLC0415

        settings = self.settings
        chain = self.embedded_chain or open_node(settings)
        try:
            yield Anchoring(
                chain,
                self.store.anchors,
                self.store,
                target=target,
                key=key_files.read_key(settings.keys_dir / ANCHOR_KEY),
                clock_ms=now_ms,
                holder=f"{socket.gethostname()}:{getpid()}",
                rules=AnchoringPolicy(
                    every_records=settings.anchor_every_records,
                    every_s=settings.anchor_every_s,
                    least_s=settings.anchor_least_s,
                    confirmations=settings.confirmations,
                ),
            )
        finally:
            if chain is not self.embedded_chain:
                chain.close()


def open_installation(
    settings: Settings, *, read_only: bool = False, restored: bool = False
) -> Installation:
    """Open what `founding.found` made; nothing is created.

    Args:
        settings: where everything lies.
        read_only: take no private key of the log into memory: for audits.
        restored: look at what a restore has put here and not finished; the released mark is left
            out of it.

    Raises:
        NotFoundError: there is no log here; the message names `mealtrace init`.
        ConflictError: the database is not migrated, or a restore into it has not ended well; the
            message names the command that helps.
        MalformedError: a key file cannot be read as what it should hold.
        UnavailableError: database or blob store do not answer.
    """
    if settings.database_url is None and not (settings.data_dir / "ledger.sqlite").exists():
        raise NotFoundError(f"there is no log in {settings.data_dir}; `mealtrace init` founds one")
    if not any((settings.keys_dir / name).exists() for name in (LOG_KEY, SEALING_KEY, INDEX_KEY)):
        raise NotFoundError(
            f"there are no keys of a log in {settings.keys_dir}: `mealtrace init` founds one; if it "
            "was founded elsewhere, its key folder belongs here"
        )
    signers = () if read_only else log_signers(settings)
    store, blobs = open_store(settings, signers=signers, mark=MemoryMark() if restored else None)
    try:
        if not restored:
            check_finished(store.engine)
        check_migrated(store.engine)
        store.head()  # NotFoundError where the database holds no log
        if not read_only:  # an audit names what differs
            store.check_acts()
        standing = store.registry().standing
        assert standing.genesis is not None
    except BaseException:
        store.close()
        raise
    return Installation(
        settings, store, blobs, standing.genesis, standing.ledger, standing.operator
    )


def tell_exposed(settings: Settings) -> None:
    """Warn of secrets that others on this machine may read: some systems leave no other way."""
    for path in key_files.exposed(settings.keys_dir):
        logger.warning("others than its owner may read %s: chmod 600 it, or 700 its folder", path)


def open_store(
    settings: Settings, *, signers: Sequence[NoteSigner], mark: ReleasedMark | None = None
) -> tuple[Store, BlobStore]:
    """The store over keys and folders that exist; the database's version is not looked at.

    `mark` stands in for the installation's own released mark.
    """
    blobs, own_mark = open_blobs(settings)
    engine = open_engine(settings.engine_url())
    if settings.s3_endpoint is not None:
        own_mark = MarkInTurn(own_mark, engine)
    store = Store(
        engine,
        sealing_keys(settings),
        signers,
        mark or own_mark,
        blobs,
        reread=(lambda: log_signers(settings)) if signers else None,
    )
    return store, blobs


def sealing_keys(settings: Settings) -> SealingKeys:
    """What payloads, blobs and keys are sealed under.

    Raises:
        NotFoundError: one of the files is not there.
        MalformedError: one holds something else.
    """
    return SealingKeys(
        key_files.read_key(settings.keys_dir / SEALING_KEY),
        key_files.read_key(settings.keys_dir / INDEX_KEY),
    )


def log_signers(settings: Settings) -> list[NoteSigner]:
    """The private keys of the log: one a line of `log.key`, two while one replaces the other.

    Raises:
        NotFoundError: there is no key file.
        MalformedError: it holds something else.
    """
    text = key_files.read_text(settings.keys_dir / LOG_KEY)
    return [note.parse_skey(line) for line in text.splitlines()]


def open_blobs(settings: Settings) -> tuple[BlobStore, ReleasedMark]:
    """Where blobs lie, and the released mark: with S3 both are shared by all machines."""
    if settings.s3_endpoint is None:
        return (
            DirectoryBlobs(settings.data_dir / "blobs"),
            FileMark(settings.keys_dir / MARK),
        )
    from storage.blobs.s3 import S3Blobs, S3Mark  # noqa: PLC0415 - the S3 library is heavy

    address = s3_address(settings)
    mode = "GOVERNANCE" if settings.s3_lock == "governance" else "COMPLIANCE"
    return S3Blobs(address, mode), S3Mark(address)


def s3_address(settings: Settings) -> "S3Address":
    """The bucket of the settings, with its secret from the file."""
    from storage.blobs.s3 import S3Address  # noqa: PLC0415 - the S3 library is heavy

    assert settings.s3_endpoint is not None
    return S3Address(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=key_files.read_text(settings.keys_dir / S3_SECRET),
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        secure=settings.s3_secure,
    )


def open_embedded_chain(settings: Settings) -> "EmbeddedChain":
    """The chain in `data_dir`, made if it is not there yet."""
    from anchoring.embedded import EmbeddedChain  # noqa: PLC0415 - py-evm is heavy

    return EmbeddedChain(
        settings.data_dir / EMBEDDED_CHAIN,
        key=key_files.read_key(settings.keys_dir / ANCHOR_KEY),
        clock_ms=now_ms,
    )


def open_node(settings: Settings) -> "Chain":
    """The node at `rpc_url`, for one thread; nothing is asked of it yet."""
    from anchoring.web3_chain import Web3Chain  # noqa: PLC0415 - web3 is heavy

    assert settings.rpc_url is not None
    return Web3Chain(settings.rpc_url)


def now_ms() -> int:
    """The wall clock, milliseconds since 1970."""
    return time.time_ns() // 1_000_000

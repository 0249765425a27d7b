"""Founding a log: everything that is made once (DESIGN §5).

    keys → bucket → database → contract → genesis → registration, anchor of size 1 → admin token

Crash points. Each step looks first whether it was done, and none is undone: keys are only ever
created, the contract is found again by who deployed it, genesis is replayed, the anchor is a row
from which the next attempt goes on. So the same call, made again, ends in the same log.
"""

import contextlib
import fcntl
import json
import logging
import os
import secrets
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx

from api import key_files
from api.installation import (
    ADMIN_TOKEN,
    ANCHOR_KEY,
    INDEX_KEY,
    LOG_KEY,
    SEALING_KEY,
    Installation,
    log_signers,
    now_ms,
    open_blobs,
    open_embedded_chain,
    open_installation,
    open_node,
    open_store,
    s3_address,
)
from api.settings import Settings
from ledger import jwk, note, subject, timestamp
from ledger.anchor import RESETTABLE_CHAINS, AnchorTarget
from ledger.errors import ConflictError, LedgerError, MalformedError
from ledger.evidence.draft import prepare
from storage.database import open_engine
from storage.migrate import migrate
from storage.reads import holds_log
from storage.store import Store
from storage.unfinished import check_finished

ADMIN_SCOPES: Final = ("admin", "log:read", "post", "read")
_ANCHORED_WITHIN_S: Final = 300.0
_DEVELOPMENT_WEI: Final = 10**21

logger = logging.getLogger("mealtrace.founding")


def found(settings: Settings, *, successor_of: str | None = None) -> Installation:
    """Found the log if it is not founded yet, go on where an earlier call broke off, and open it.

    Brings an embedded database to this version; any other only where it is empty.

    Args:
        settings: where it shall lie.
        successor_of: the last checkpoint of the lost log that this one takes the place of.

    Raises:
        ConflictError: another log, or an older database, is there.
        MalformedError: a key or the file of authorities cannot be read.
        UnavailableError: database, blob store or chain do not answer; the same call goes on later.
    """
    settings.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(settings.keys_dir / ".founding"):
        if settings.s3_endpoint is not None:
            make_buckets(settings)
        _make_keys(settings)
        store, _ = open_store(settings, signers=log_signers(settings))
        with contextlib.closing(store):
            check_finished(store.engine)
            if settings.embedded or not _has_tables(store):
                migrate(store.engine)
                store.renew_acts()
            if not store.founded():
                _write_genesis(settings, store, successor_of)
        installation = open_installation(settings)
        try:
            _anchor_first(installation)
            _issue_admin_token(installation)
        except BaseException:
            installation.close()
            raise
        return installation


def _make_keys(settings: Settings) -> None:
    folder = settings.keys_dir
    if _was_founded(settings):
        for name in (SEALING_KEY, INDEX_KEY, LOG_KEY):
            key_files.read_text(folder / name)  # a lost key is put back, never drawn anew
        return
    key_files.read_or_create_key(folder / SEALING_KEY)
    key_files.read_or_create_key(folder / INDEX_KEY)
    if settings.chain != "none":
        key_files.read_or_create_key(folder / ANCHOR_KEY)
    if not (folder / LOG_KEY).exists():
        key_files.create(
            folder / LOG_KEY, note.format_skey(settings.origin, secrets.token_bytes(32))
        )


def _was_founded(settings: Settings) -> bool:
    """Whether a log was released under this key folder, or lies in the database."""
    _, mark = open_blobs(settings)
    if mark.read() is not None:
        return True
    if settings.database_url is None and not (settings.data_dir / "ledger.sqlite").exists():
        return False
    engine = open_engine(settings.engine_url())
    try:
        return holds_log(engine)
    finally:
        engine.dispose()


def make_buckets(settings: Settings) -> None:
    """The buckets of blobs and mark, as far as they are not there.

    Raises:
        UnavailableError: the server does not answer.
    """
    from storage.blobs.s3 import S3Blobs, S3Mark  # noqa: PLC0415 - the S3 library is heavy

    address = s3_address(settings)
    S3Blobs(address).make_bucket()
    S3Mark(address).make_bucket()


def _has_tables(store: Store) -> bool:
    from sqlalchemy import inspect  # noqa: PLC0415 - only here

    return inspect(store.engine).has_table("alembic_version")


def _write_genesis(settings: Settings, store: Store, successor_of: str | None) -> None:
    draft = prepare(
        {
            "id": str(uuid.uuid4()),
            "type": "genesis",
            "occurred_at": timestamp.format(now_ms()),
            "payload": _genesis(settings, successor_of),
        },
        submitter=settings.operator,
        ledger=None,
        new_seed=secrets.token_bytes(32),
    )
    founded = store.found(draft)
    logger.info("founded the log %s, genesis %s", settings.origin, founded.leaf_hash.hex())


def _genesis(settings: Settings, successor_of: str | None) -> dict[str, Any]:
    keys = log_signers(settings)
    return {
        "name": settings.name,
        "origin": settings.origin,
        "time_zone": settings.time_zone,
        "entries": settings.entries,
        "successor_of": successor_of,
        "vkeys": [note.format_vkey(key.verifier_key) for key in keys],
        "authorities": _authorities(settings.authorities_file),
        "created_at": timestamp.format(now_ms()),
        "anchor_target": _target(settings),
    }


def _authorities(path: Path | None) -> list[dict[str, Any]]:
    """The parties and keys of the file, checked here where a mistake can still be mended."""
    if path is None:
        return []
    try:
        items = json.loads(path.read_bytes())
        if not isinstance(items, list):
            raise MalformedError("no array")
        for item in items:
            subject.check(item["party"], "party of an authority")
            jwk.parse(item["jwk"])
        return [{"party": item["party"], "jwk": item["jwk"]} for item in items]
    except LedgerError as error:
        raise MalformedError(f"{path}: {error}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MalformedError(f"{path} must hold a JSON array of {{party, jwk}}: {error}") from error


def _target(settings: Settings) -> Any:
    if settings.chain == "none":
        return None
    return deploy_target(settings, key_files.read_key(settings.keys_dir / ANCHOR_KEY)).to_json()


def deploy_target(settings: Settings, key: bytes) -> AnchorTarget:
    """The contract of an anchoring key on the chain of the settings, deployed now if there is none.

    Raises:
        ConflictError: its account cannot pay; the message says which account to fund.
        UnavailableError: the chain does not answer in time.
    """
    from anchoring.account import Account  # noqa: PLC0415 - the chain's libraries are heavy
    from anchoring.deploy import deploy  # noqa: PLC0415

    address = Account(key).address
    chain = open_embedded_chain(settings) if settings.chain == "embedded" else open_node(settings)
    with contextlib.closing(chain):
        if settings.rpc_url is not None and chain.identity().chain_id in RESETTABLE_CHAINS:
            _fund(settings.rpc_url, address)
        try:
            return deploy(chain, key)
        except ConflictError as error:
            raise ConflictError(
                f"{error}. The anchoring account is {address} on chain "
                f"{chain.identity().chain_id}: fund it and type the same command again"
            ) from error


def _fund(rpc_url: str, address: str) -> None:
    """Give a new account of a development chain something to pay with; others refuse the call."""
    params = [address, hex(_DEVELOPMENT_WEI)]
    call = {"jsonrpc": "2.0", "id": 1, "method": "anvil_setBalance", "params": params}
    try:
        answer = httpx.post(rpc_url, json=call).json()
    except (httpx.HTTPError, ValueError) as error:
        logger.info("the chain was not asked for funds: %s", type(error).__name__)
        return
    if "error" in answer:
        logger.info("the chain funds nobody: %s", answer["error"])


def _anchor_first(installation: Installation) -> None:
    """Register the log and anchor size 1: before that no other entry is taken."""
    if installation.store.head().anchored_size:
        return
    with installation.anchoring() as anchoring:
        if anchoring is not None:
            anchoring.settle(1, timeout_s=_ANCHORED_WITHIN_S)
        elif installation.genesis.anchor_target is not None:
            raise ConflictError(
                "genesis names an anchor target, but this installation's anchoring key is not its "
                "registrant's; put that key into anchor.key"
            )


def _issue_admin_token(installation: Installation) -> None:
    path = installation.settings.keys_dir / ADMIN_TOKEN
    if path.exists():
        return
    # A token whose file was never written stays unknown to everybody: its text was in memory only.
    text, _ = installation.store.tokens.issue(
        f"{installation.operator}~admin", ADMIN_SCOPES, label="first admin token"
    )
    key_files.create(path, text)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process of this machine at a time; the lock ends with the process."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

"""The log's key replaced while the service runs (FORMATS §1, log key).

    log.key: old → log.key: old, new → `log-key` record, size k + 1 signed by both → log.key: new

Crash points. Before the commit both keys lie in the file and only the old one counts; after it both
lie there and only the new one counts. Either way the same command goes on from there. Processes
that hold the old key alone read the file again when a checkpoint asks for the new one
(`storage.append`); where they run on other machines, the file must have been brought there before:
`prepare` stops for that.
"""

import secrets
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api import key_files
from api.founding import alone
from api.govern import say
from api.installation import LOG_KEY, Installation, log_signers, open_installation
from api.settings import Settings
from ledger import governance, note
from ledger.encoding import b64url
from ledger.errors import NotFoundError
from ledger.note import NoteSigner, VerifierKey
from ledger.standing import Standing

_NAMESPACE: Final = uuid.UUID("5b0a4f51-55a1-5a5e-8f5b-6d65616c7472")


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of a change of the log's key.

    Attributes:
        old_vkey: the key that signed, None where an earlier call had replaced it.
        new_vkey: the key that signs from here on, or will.
        index: of the `log-key` record, None if there is none yet.
    """

    old_vkey: str | None
    new_vkey: str
    index: int | None


def rotate_log_key(settings: Settings, *, prepare: bool = False) -> Rotation:
    """Replace the log's key by a new one; goes on where an earlier call broke off.

    Args:
        settings: of the installation, which may be running.
        prepare: only put the new key beside the old one.

    Raises:
        NotFoundError: no private key of the log is here.
        UnavailableError: the database does not answer; the same call goes on.
    """
    path = settings.keys_dir / LOG_KEY
    with alone(settings.keys_dir / ".founding"):
        key_files.forget_drafts(path)
        with closing(open_installation(settings, read_only=True)) as opened:
            standing = opened.store.registry().standing
        signers = log_signers(settings)
        spent = [key for key in signers if _ended(standing, key.verifier_key)]
        if spent:
            return _drop(path, signers, standing)
        current = [key for key in signers if _counts(standing, key.verifier_key)]
        spare = [key for key in signers if key not in current]
        if not current:
            raise NotFoundError(f"{path} holds no key that signs this log now")
        if not spare:
            new_line = note.format_skey(current[0].verifier_key.name, secrets.token_bytes(32))
            key_files.replace(path, f"{key_files.read_text(path)}\n{new_line}")
            spare = [note.parse_skey(new_line)]
        old, new = current[0], spare[0]
        if prepare:
            return Rotation(_vkey(old), _vkey(new), None)
        with closing(open_installation(settings)) as opened:
            index = _say(opened, old, new)
            standing = opened.store.registry().standing
        _drop(path, log_signers(settings), standing)
        return Rotation(_vkey(old), _vkey(new), index)


def _say(opened: Installation, old: NoteSigner, new: NoteSigner) -> int:
    """Append the record, which both keys sign; index."""
    old_vkey, new_vkey = _vkey(old), _vkey(new)
    message = governance.log_key_message(opened.ledger, old_vkey, new_vkey)
    done = say(
        opened,
        "log-key",
        {
            "old_vkey": old_vkey,
            "new_vkey": new_vkey,
            "old_signature": b64url(old.sign_text(message)),
            "new_signature": b64url(new.sign_text(message)),
        },
        issuer=opened.operator,
        record_id=str(uuid.uuid5(_NAMESPACE, f"{opened.ledger.hex()} {new_vkey}")),
    )
    return done.index


def _drop(path: Path, signers: Sequence[NoteSigner], standing: Standing) -> Rotation:
    """Keep of the file's keys those that sign the log now: the head they sign is released."""
    lines = key_files.read_text(path).splitlines()
    kept = [
        line
        for line, key in zip(lines, signers, strict=True)
        if not _ended(standing, key.verifier_key)
    ]
    spans = [span for span in standing.log_keys if span.since and span.until is None]
    if not kept or not spans:
        raise NotFoundError(f"{path} holds no key that signs this log now")
    key_files.replace(path, "\n".join(kept))
    return Rotation(None, note.format_vkey(spans[-1].key), spans[-1].since)


def _counts(standing: Standing, key: VerifierKey) -> bool:
    return any(span.key == key and span.until is None for span in standing.log_keys)


def _ended(standing: Standing, key: VerifierKey) -> bool:
    return any(span.key == key and span.until is not None for span in standing.log_keys)


def _vkey(key: NoteSigner) -> str:
    return note.format_vkey(key.verifier_key)

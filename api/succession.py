"""The last checkpoint of a lost log, and the log that takes its place (DESIGN §5).

The note that goes into the new genesis comes from whoever still has one: a backup, a file that
somebody kept, or the old key folder, whose key signs once more what the mark says was released
last, byte for byte the same: Ed25519 is deterministic. The mark lies in that folder too or, where
the lost log's files were on an S3 server, beside its bucket.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from api import key_files
from api.founding import found
from api.installation import (
    LOG_KEY,
    MARK,
    Installation,
    open_blobs,
    open_installation,
    s3_address,
)
from api.settings import Settings
from ledger import checkpoint as checkpoints
from ledger import note
from ledger import policy as policies
from ledger.checkpoint import Checkpoint
from ledger.errors import (
    ConflictError,
    MalformedError,
    NotFoundError,
    UnavailableError,
    VerificationError,
)
from ledger.note import VerifierKey
from storage import manifest
from storage.mark import FileMark, ReleasedMark, RolledBackError


def last_checkpoint(
    *,
    policy: Path | None,
    old_keys: Path | None,
    notes: Sequence[Path],
    backup: Path | None,
    old_mark: ReleasedMark | None = None,
) -> str:
    """The largest checkpoint among those at hand, each signed by the lost log.

    Args:
        policy: the file that names the lost log's key, as it was printed.
        old_keys: the lost installation's key folder.
        notes: files that each hold a signed checkpoint.
        backup: folder of a backup.
        old_mark: the lost installation's released mark where it is not in `old_keys`.

    Raises:
        NotFoundError: nothing is at hand.
        MalformedError: a file is not what it should be.
        VerificationError: one is not signed by the lost log, or two of one size differ.
    """
    found = [path.read_text("utf-8") for path in notes]
    if backup is not None:
        found.append(manifest.load(backup, None).checkpoint)
    keys: list[VerifierKey] = []
    if policy is not None:
        keys += [line.key for line in policies.parse(policy.read_bytes()).logs]
    if old_keys is not None:
        signed, own = _signed_again(old_keys, old_mark or FileMark(old_keys / MARK))
        found += signed
        keys += own
    if not found:
        raise NotFoundError(
            "no checkpoint of the lost log is given: --old-keys, --backup or --checkpoint names "
            "one; where its files were on an S3 server, --old-keys with --old-bucket"
        )
    if not keys:
        raise NotFoundError(
            "whose signature a checkpoint must bear says the lost log's policy (--policy), or its "
            "key folder (--old-keys)"
        )
    largest: tuple[Checkpoint, str] | None = None
    for text in found:
        known = checkpoints.open(text, keys)
        if largest is None or known.size > largest[0].size:
            largest = known, text
        elif known.size == largest[0].size and known.root != largest[0].root:
            raise VerificationError(
                f"the lost log signed two roots of size {known.size}: keep both, they prove a fork",
                expected=largest[0].root.hex(),
                found=known.root.hex(),
            )
    assert largest is not None
    return largest[1]


def mark_beside(settings: Settings, bucket: str) -> ReleasedMark:
    """The released mark of a log whose files lie in `bucket`, on the S3 server of the settings.

    Raises:
        MalformedError: the settings name no S3 server.
        NotFoundError: its secret is not in the key folder of the settings.
    """
    if settings.s3_endpoint is None:
        raise MalformedError("--old-bucket needs MEALTRACE_S3_ENDPOINT: the server of that bucket")
    from storage.blobs.s3 import S3Mark  # noqa: PLC0415 - the S3 library is heavy

    return S3Mark(replace(s3_address(settings), bucket=bucket))


def _signed_again(folder: Path, released: ReleasedMark) -> tuple[list[str], list[VerifierKey]]:
    """What a mark says, signed by a key folder's keys, and those keys."""
    lines = key_files.read_text(folder / LOG_KEY).splitlines()
    signers = [note.parse_skey(line) for line in lines]
    mark = released.read()
    keys = [signer.verifier_key for signer in signers]
    if mark is None:
        return [], keys
    last = Checkpoint(signers[-1].name, mark.size, mark.root)
    return [checkpoints.sign(last, signers)], keys


def succeed(settings: Settings, checkpoint: str) -> Installation:
    """Found the log of `settings` as the successor; the same call goes on after an interruption.

    Raises:
        ConflictError: the settings name the lost log's own origin, database or key folder.
    """
    lost = checkpoints.parse(note.parse(checkpoint).text)
    if lost.origin == settings.origin:
        raise ConflictError(
            f"the lost log was {lost.origin} itself, and no checkpoint of one log may be taken for "
            f"the other's: set MEALTRACE_ORIGIN, to {lost.origin}/2 for instance"
        )
    if not _is_begun(settings, checkpoint):
        _check_unused(settings)
    return found(settings, successor_of=checkpoint)


def _is_begun(settings: Settings, checkpoint: str) -> bool:
    """Whether the log is there already, as this successor.

    Raises:
        ConflictError: another log is.
    """
    try:
        opened = open_installation(settings, read_only=True)
    except (NotFoundError, ConflictError):
        return False
    except RolledBackError as error:
        raise ConflictError(
            "the lost log's own database or key folder is here; a successor takes others: set "
            "MEALTRACE_HOME, or MEALTRACE_DATABASE_URL, MEALTRACE_DATA_DIR and MEALTRACE_KEYS_DIR"
        ) from error
    try:
        if opened.genesis.successor_of != checkpoint:
            raise ConflictError(
                f"the log {opened.genesis.origin} is here; a successor takes a database and a "
                "folder of its own"
            )
    finally:
        opened.close()
    return True


def _check_unused(settings: Settings) -> None:
    """Refuse the folder of another log's keys: its mark would forbid the new log to sign."""
    try:
        mark = open_blobs(settings)[1].read()
    except (NotFoundError, MalformedError, UnavailableError):
        return  # no bucket, or no secret of one, or no server: `found` makes it, or says so
    if mark is not None and mark.size > 1:
        raise ConflictError(
            f"a log of {mark.size} entries was released under {settings.keys_dir}; a successor "
            "takes a key folder of its own (MEALTRACE_KEYS_DIR), and a bucket of its own. kek and "
            "index may be copied there"
        )

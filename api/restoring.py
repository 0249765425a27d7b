"""A restore from its backup to a log that may be served, or to the reason why not.

    keys at hand → backup whole → filled, marked unfinished → erasures again → audited → the mark
    raised to what is anchored → the mark of unfinished dropped → held against what was released

What was released never comes back by itself: a restore that ends behind it is a whole log that
signs nothing, and goes on as a successor (DESIGN §5, §8).
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from api.audit import local
from api.audit.report import Report
from api.cli import reasons
from api.founding import alone, make_buckets
from api.installation import (
    EMBEDDED_CHAIN,
    Installation,
    now_ms,
    open_blobs,
    open_installation,
    open_store,
    sealing_keys,
)
from api.settings import Settings
from ledger import timestamp
from ledger.anchor import AnchorTarget, log_id
from ledger.errors import (
    ConflictError,
    MalformedError,
    UnavailableError,
    VerificationError,
)
from storage import manifest as manifests
from storage import unfinished
from storage.manifest import Manifest
from storage.mark import Mark, RolledBackError
from storage.restore import restore as fill
from storage.restore import restore_chain
from storage.sealing import Sealer

KEYS_KEPT_DAYS: Final = 30
"""How old wrapped keys may be that are restored (FORMATS §4)."""

_DAY_MS: Final = 86_400_000


@dataclass(slots=True)
class Restored:
    """What a restore came to.

    Attributes:
        manifest: of the backup.
        report: the audit of what was restored.
        erased: records whose erasure the backup did not know yet, erased again.
        behind: why it may not be served although it is whole, empty if it may.
        notes: what could not be asked, in English and Chinese.
    """

    manifest: Manifest
    report: Report
    erased: int = 0
    behind: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def servable(self) -> bool:
        """Whether the log goes on."""
        return self.report.passed and not self.behind


def restore(
    settings: Settings,
    folder: Path,
    keys: Path,
    *,
    old_keys: bool = False,
    jobs: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Restored:
    """Restore a backup into the empty installation of `settings`, and audit it.

    Args:
        settings: where the log shall lie; its key folder holds `kek` and `index` already.
        folder: of the backup.
        keys: folder of its wrapped keys.
        old_keys: take wrapped keys older than 30 days.
        jobs: processes that share the audit.
        progress: told how far the audit is.

    Raises:
        NotFoundError: a key, or the backup, is not there.
        ConflictError: a log is here already, or the wrapped keys are too old.
        MalformedError: the backup cannot be read.
        VerificationError: it was altered.
        UnavailableError: database or blob store do not answer.
    """
    sealer = Sealer(sealing_keys(settings))
    manifest = manifests.load(folder, sealer)
    age_days = (now_ms() - timestamp.parse(manifest.made_at)) // _DAY_MS
    if age_days > KEYS_KEPT_DAYS and not old_keys:
        raise ConflictError(
            f"the wrapped keys are {age_days} days old, and {KEYS_KEPT_DAYS} are allowed: what was "
            "erased since would come back; --old-keys restores them all the same"
        )
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.s3_endpoint is not None:
        make_buckets(settings)
    with alone(settings.keys_dir / ".founding"):
        store, blobs = open_store(settings, signers=())
        with contextlib.closing(store):
            fill(store.engine, blobs, folder, keys, manifest)
            if settings.chain == "embedded":
                restore_chain(folder, manifest, settings.data_dir / EMBEDDED_CHAIN)
            again = store.reapply_erasures()
            with contextlib.suppress(MalformedError, VerificationError):  # the audit names it
                store.renew_acts()
            report = local.audit(settings, jobs=jobs, progress=progress, restored=True)
            done = Restored(manifest, report, erased=again.records + again.fields)
            if not report.passed:
                unfinished.begin(
                    store.engine,
                    "its audit failed; restore another backup with `mealtrace restore`",
                )
                return done
            _raise_mark(settings, done)
            unfinished.finish(store.engine)
            try:
                store.head()
            except RolledBackError as error:
                done.behind = str(error)
    return done


def _raise_mark(settings: Settings, done: Restored) -> None:
    """Let the mark stand at whatever the chain says was anchored."""
    _, mark = open_blobs(settings)
    if mark.read() is None:
        done.notes.append(
            (
                (
                    "there is no mark of what was released here: compare with the newest receipt or "
                    "checkpoint that anybody holds"
                ),
                "此处没有已发布标记：请与任何人持有的最新回执或检查点核对",
            )
        )
    with contextlib.closing(
        open_installation(settings, read_only=True, restored=True)
    ) as installation:
        try:
            anchored = _anchored(installation)
        except UnavailableError as error:
            done.notes.append(
                (
                    f"the chain was not asked: {error}",
                    f"未能查询链上锚点：{reasons.of(error) or error}",
                )
            )
            return
        if anchored is None:
            return
        store = installation.store
        if anchored.size <= store.head().size:
            root = store.root_at(anchored.size)
            if root != anchored.root:
                raise VerificationError(
                    f"the root anchored at size {anchored.size} is not this log's",
                    expected=anchored.root.hex(),
                    found=root.hex(),
                )
        mark.advance(anchored)


def _anchored(installation: Installation) -> Mark | None:
    """The head that the newest target's contract keeps of this log; None where there is none."""
    from anchoring import contract  # noqa: PLC0415 - the chain's libraries are heavy

    targets: list[AnchorTarget] = [
        target for _, target in installation.store.registry().standing.targets
    ]
    chain = installation.open_chain()
    if chain is None or not targets:
        return None
    target = targets[-1]
    try:
        identity = chain.identity()
        if (identity.chain_id, identity.genesis_hash) != (target.chain_id, target.genesis_hash):
            raise UnavailableError(f"the node's chain is not the target's, {target.chain_id}")
        contract.check_code(chain, target)
        head = contract.head(chain, target.contract, log_id(target.registrant, installation.ledger))
    finally:
        if chain is not installation.embedded_chain:
            chain.close()
    return Mark(head.size, head.root) if head.size else None

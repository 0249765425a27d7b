"""Rows of anchors and leases: what `anchoring.store` asks for, without importing it."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress, AnchorState
from ledger.canonical import serialise
from ledger.errors import ConflictError
from storage import reads
from storage.database import now_ms, reading, writing
from storage.tables import AnchorRow, LeaseRow, LogHead

ANCHOR = AnchorRow.__table__.c  # type: ignore[attr-defined]
LEASE = LeaseRow.__table__.c  # type: ignore[attr-defined]


class Anchors:
    """The anchors of one log, in every state."""

    def __init__(self, engine: Engine) -> None:
        """Args as `store.Store`."""
        self._engine = engine

    def put_anchor(self, progress: AnchorProgress) -> AnchorProgress:
        """Store a row and return it with its new revision; `anchoring.store.AnchorStore`.

        Raises:
            ConflictError: the row exists already, or its revision is another.
        """
        stored = AnchorProgress.from_bytes(progress.to_bytes(), revision=progress.revision + 1)
        values = {
            "state": progress.state.value,
            "detail": progress.to_bytes(),
            "revision": stored.revision,
        }
        target = _name(progress.target)
        with writing(self._engine) as connection:
            if progress.revision == 0:
                try:
                    connection.execute(
                        insert(AnchorRow.__table__).values(  # type: ignore[attr-defined]
                            target=target, size=progress.size, **values
                        )
                    )
                except IntegrityError as error:
                    raise ConflictError(f"the anchor of {progress.size} exists already") from error
            else:
                changed = connection.execute(
                    update(AnchorRow.__table__)  # type: ignore[attr-defined]
                    .where(
                        ANCHOR.target == target,
                        ANCHOR.size == progress.size,
                        ANCHOR.revision == progress.revision,
                    )
                    .values(**values)
                )
                if changed.rowcount == 0:
                    raise ConflictError(f"the anchor of {progress.size} was changed meanwhile")
            if progress.size and progress.state in (AnchorState.MINED, AnchorState.FINAL):
                # Entries beyond genesis are taken only once size 1 is anchored.
                connection.execute(
                    update(LogHead.__table__)  # type: ignore[attr-defined]
                    .where(reads.HEAD.anchored_size < progress.size)
                    .values(anchored_size=progress.size)
                )
        return stored

    def anchor(self, target: AnchorTarget, size: int) -> AnchorProgress | None:
        """The row of (target, size), or None."""
        rows = self._rows(ANCHOR.target == _name(target), ANCHOR.size == size)
        return rows[0] if rows else None

    def open_anchors(self, target: AnchorTarget) -> Sequence[AnchorProgress]:
        """The rows larger than the largest final one, ascending by size."""
        final = self.largest_final_anchor(target)
        above = -1 if final is None else final.size
        return self._rows(ANCHOR.target == _name(target), ANCHOR.size > above)

    def largest_final_anchor(self, target: AnchorTarget) -> AnchorProgress | None:
        """The final row of largest size, the registration (size 0) included, or None."""
        final = (ANCHOR.target == _name(target), ANCHOR.state == AnchorState.FINAL.value)
        largest = select(func.max(ANCHOR.size)).where(*final).scalar_subquery()
        rows = self._rows(*final, ANCHOR.size == largest)
        return rows[0] if rows else None

    def all(self) -> list[AnchorProgress]:
        """Every row of every target, ascending by size."""
        return self._rows()

    def take_lease(self, name: str, holder: str, ttl_s: float) -> bool:
        """Take or prolong a lease by the database's clock; whether it is the holder's now."""
        with writing(self._engine) as connection:
            now = now_ms(connection)
            until = now + int(ttl_s * 1000)
            changed = connection.execute(
                update(LeaseRow.__table__)  # type: ignore[attr-defined]
                .where(LEASE.name == name, (LEASE.holder == holder) | (LEASE.until_ms <= now))
                .values(holder=holder, until_ms=until)
            )
            if changed.rowcount:
                return True
            if connection.execute(select(LEASE.name).where(LEASE.name == name)).first():
                return False
            try:
                connection.execute(
                    insert(LeaseRow.__table__).values(  # type: ignore[attr-defined]
                        name=name, holder=holder, until_ms=until
                    )
                )
            except IntegrityError:
                connection.rollback()
                return False
        return True

    def drop_lease(self, name: str, holder: str) -> None:
        """Let another take the lease at once; the row goes on telling since when nobody has it."""
        with writing(self._engine) as connection:
            connection.execute(
                update(LeaseRow.__table__)  # type: ignore[attr-defined]
                .where(LEASE.name == name, LEASE.holder == holder)
                .values(until_ms=now_ms(connection))
            )

    def _rows(self, *where: object) -> list[AnchorProgress]:
        query = select(ANCHOR.detail, ANCHOR.revision).where(*where).order_by(ANCHOR.size)  # type: ignore[arg-type]
        with reading(self._engine) as connection:
            return [
                AnchorProgress.from_bytes(bytes(row.detail), revision=row.revision)
                for row in connection.execute(query)
            ]


def _name(target: AnchorTarget) -> str:
    """A target as a key: the first half of the SHA-256 of its canonical JSON."""
    return sha256(serialise(target.to_json())).hexdigest()[:32]

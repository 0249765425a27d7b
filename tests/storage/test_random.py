"""Random batches through two processes, held against a model of the log that is a plain list."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import logs
import pytest
from logs import OTHER_SCHOOL, SCHOOL, SUPPLIER, Draft, Writer, appended, check_receipt, refusal

from ledger import entry as entry_format
from ledger import timestamp
from ledger.errors import RefusedError
from ledger.proof import verify_consistency, verify_inclusion
from storage.store import Store
from storage.values import Appended, Hit, Search

ISSUERS = (SCHOOL, OTHER_SCHOOL, SUPPLIER)
TYPES = ("demand-plan", "waste-log", "stock-move")
STRANGER = "school:2105020099"
NOON_MS = timestamp.parse("2026-11-23T12:00:00.000Z")


@dataclass
class Model:
    """What the log should hold, in the order of its entries."""

    rows: list[tuple[Draft, Appended]] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Draft] = field(default_factory=dict)

    def expected(self, draft: Draft) -> str:
        """What becomes of a draft posted alone."""
        said = draft.statement
        known = self.ids.get(said.id)
        if known is not None:
            same = (known.content, known.submitter) == (draft.content, draft.submitter)
            return "replayed" if same else "id-conflict"
        if said.issuer == STRANGER:
            return "forbidden-type"
        if draft.document_key in self.documents:
            return "duplicate-document"
        if any(link.rel == "reviews" and link.id not in self.ids for link in said.links):
            return "missing-link"
        return "stored"

    def take(self, draft: Draft) -> None:
        self.ids[draft.statement.id] = draft
        if draft.document_key is not None:
            self.documents[draft.document_key] = draft.statement.id

    def copy(self) -> "Model":
        return Model(list(self.rows), dict(self.documents), dict(self.ids))

    def hits(self, wanted: Search, limit: int = 10_000) -> list[Hit]:
        found = []
        for draft, receipt in self.rows:
            said = draft.statement
            parties = (said.issuer, draft.submitter, *said.subjects)
            if (
                receipt.index > wanted.after
                and (wanted.subject is None or wanted.subject in said.subjects)
                and wanted.type in (None, said.type)
                and wanted.issuer in (None, said.issuer)
                and wanted.submitter in (None, draft.submitter)
                and wanted.source_ref in (None, draft.source_ref)
                and (wanted.visible_to is None or wanted.visible_to in parties)
                and (wanted.occurred_from or "") <= said.occurred_at
                and said.occurred_at < (wanted.occurred_to or "9")
                and (wanted.logged_from or "") <= receipt.logged_at
                and receipt.logged_at < (wanted.logged_to or "9")
            ):
                found.append(
                    Hit(
                        receipt.index, said.id, said.type, said.issuer, draft.submitter,
                        said.occurred_at, receipt.logged_at, receipt.leaf_hash,
                    )
                )  # fmt: skip
        return found[:limit]


class Chooser:
    """Drafts of every kind, good and bad, in any proportion."""

    def __init__(self, seed: int, writer: Writer, model: Model) -> None:
        self.random, self.writer, self.model = Random(seed), writer, model

    def draft(self) -> Draft:
        random = self.random
        known = list(self.model.ids.values())
        kind = random.random()
        if known and kind < 0.1:
            return random.choice(known)
        if known and kind < 0.15:
            old = random.choice(known).statement
            return self.writer.draft(record=old.id, issuer=old.issuer, payload={"other": 1})
        if kind < 0.2:
            return logs.with_posters(self.writer.draft(issuer=STRANGER), "school")
        if kind < 0.25:
            return random.choice(
                self.writer.admission(f"school:{random.randrange(10**6)}", "school")
            )
        issuer = random.choice(ISSUERS)
        subjects = {f"order:x~{random.randrange(6)}" for _ in range(random.randrange(4))}
        links = []
        if known and random.random() < 0.2:
            target = random.choice(known).statement
            links.append(logs.Link("reviews", id=target.id, sha256=target.sha256))
        elif random.random() < 0.05:
            links.append(logs.Link("reviews", id=logs.new_id()))
        return self.writer.draft(
            random.choice(TYPES),
            issuer,
            {"grams": random.randrange(10**6), "note": "数" * random.randrange(50)},
            subjects=(issuer, *subjects),
            links=links,
            document=f"{random.randrange(300)}" if random.random() < 0.5 else None,
            source_ref=f"ref {random.randrange(9)}" if random.random() < 0.5 else None,
            occurred_at=timestamp.format(NOON_MS + random.randrange(10) * 1000),
        )

    def size(self) -> int:
        return self.random.choice((1, 1, 2, 3, 10, 40, 120))

    def search(self) -> Search:
        random, some = self.random, self.random.choice(self.model.rows)
        draft, receipt = some
        said = draft.statement
        choices = {
            "subject": random.choice([*said.subjects, "order:x~1", "order:none~1"]),
            "type": said.type,
            "issuer": said.issuer,
            "submitter": draft.submitter,
            "source_ref": f"ref {random.randrange(10)}",
            "occurred_from": timestamp.format(NOON_MS + 3000),
            "occurred_to": timestamp.format(NOON_MS + 7000),
            "logged_from": receipt.logged_at,
            "logged_to": receipt.logged_at,
            "visible_to": random.choice([*ISSUERS, STRANGER]),
            "after": random.randrange(len(self.model.rows)),
        }
        names = random.sample(sorted(choices), random.randrange(4))
        return Search(limit=random.choice((1, 7, 1000)), **{n: choices[n] for n in names})  # type: ignore[arg-type]


@pytest.fixture
def log(url: str, tmp_path: Path) -> Iterator[tuple[list[Store], Writer]]:
    store, writer = logs.new_log(url, tmp_path)
    stores = [store, logs.open_store(url, tmp_path)]
    yield stores, writer
    for each in stores:
        each.close()


def known_so_far(store: Store) -> list[tuple[Draft, Appended]]:
    """The rows of the founding, of which the model needs what is searched for only."""
    rows = []
    for record in store.records(0, store.head().size):
        entry = entry_format.parse(record.data)
        draft = Draft(
            entry.statement, None, entry.submitter, b"", b"", False, None, b"", None, None, (),
            None, frozenset(), (), None,
        )  # fmt: skip
        receipt = Appended(
            record.id, record.index, record.leaf_hash, entry.logged_at, b"", b"", 0, [], ""
        )
        rows.append((draft, receipt))
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_random_batches_give_the_log_that_the_model_says(
    log: tuple[list[Store], Writer], seed: int
) -> None:
    stores, writer = log
    model = Model(known_so_far(stores[0]))
    chooser = Chooser(seed, writer, model)
    roots = [(head.size, head.root) for head in [stores[0].head()]]
    for _ in range(25):
        store = chooser.random.choice(stores)
        atomic = chooser.random.random() < 0.2
        trial = model.copy()
        drafts = [chooser.draft() for _ in range(chooser.size())]
        expected = []
        for draft in drafts:
            expected.append(trial.expected(draft))
            if expected[-1] == "stored":
                trial.take(draft)
        whole = set(expected) <= {"stored", "replayed"}
        for draft, wanted, outcome in zip(
            drafts, expected, store.append(drafts, atomic=atomic), strict=True
        ):
            if atomic and not whole:
                ok = wanted in ("stored", "replayed")
                assert refusal(outcome) == ("rule-blocked" if ok else wanted)
            elif isinstance(outcome, RefusedError):
                assert outcome.code == wanted
            else:
                check_receipt(appended(outcome))
                assert wanted == ("replayed" if outcome.replayed else "stored")
                if not outcome.replayed:
                    assert outcome.index == len(trial.rows)
                    trial.rows.append((draft, outcome))
        if whole or not atomic:
            model.rows, model.documents, model.ids = trial.rows, trial.documents, trial.ids
        head = store.head()
        roots.append((head.size, head.root))
    assert len(model.rows) == stores[1].head().size

    for store in stores:
        logs.audit(store)
        for _ in range(20):
            wanted = chooser.search()
            assert store.search(wanted) == model.hits(wanted, wanted.limit)
        for subject in (SCHOOL, *(f"order:x~{at}" for at in range(6))):
            of_subject = [r.index for d, r in model.rows if subject in d.statement.subjects]
            assert [link.index for link in store.history(subject, limit=10_000)] == of_subject
    check_proofs(stores[0], roots, chooser.random)


def check_proofs(store: Store, roots: list[tuple[int, bytes]], random: Random) -> None:
    """Any entry at any size, and any two sizes."""
    for _ in range(20):
        (old, old_root), (new, new_root) = sorted(random.choices(roots, k=2))
        index = random.randrange(new)
        leaf = store.records(index, index + 1)[0].leaf_hash
        verify_inclusion(index, new, leaf, store.inclusion_proof(index, new), new_root)
        verify_consistency(old, new, old_root, new_root, store.consistency_proof(old, new))
        assert store.root_at(old) == old_root

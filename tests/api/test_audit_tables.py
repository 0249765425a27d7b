"""Every table that answers are found by: a row taken out, put in or changed, and the audit names it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playground import embedded, example

from api.audit import local
from api.installation import open_installation
from ledger.audit.findings import Finding
from ledger.evidence.draft import Draft, prepare
from storage.store import Store


@pytest.fixture(scope="module")
def lived(settled: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with links, papers, blobs, documents, corrections and an erasure."""
    home: Path = tmp_path_factory.mktemp("home")
    settled(home)
    with closing(open_installation(embedded(home))) as installation:
        fill(installation.store, embedded(home).operator)
    return home


def fill(store: Store, operator: str) -> None:
    def draft(request: dict[str, Any], **more: Any) -> Draft:
        whole = {**request, **more}
        return prepare(
            whole, submitter=whole["issuer"], ledger=store.genesis_leaf_hash(), new_seed=b"s" * 32
        )

    def add(*drafts: Draft, atomic: bool = False) -> None:
        for outcome in store.append(list(drafts), atomic=atomic):
            assert not isinstance(outcome, Exception), outcome

    def correcting(target: Draft, reason_code: str) -> Draft:
        link = {
            "rel": "corrects", "id": target.statement.id, "sha256": target.statement.sha256.hex(),
        }  # fmt: skip
        request = example("correction", reason_code=reason_code)
        return draft(request, issuer=target.statement.issuer, links=[link])

    day_ = [draft(example(kind)) for kind in ("certificate", "order", "dispatch", "weigh-in")]
    add(*day_)
    mistaken, wrong = draft(example("acceptance")), draft(example("order", order_no="A-18"))
    add(mistaken, wrong)
    add(correcting(mistaken, "did-not-occur"))
    add(draft(example("acceptance")))
    link = {"rel": "replaces", "id": wrong.statement.id, "sha256": wrong.statement.sha256.hex()}
    right = draft(example("order", order_no="A-18", meals_planned=231), links=[link])
    add(correcting(wrong, "incorrect-data"), right, atomic=True)
    gone = draft(example("certificate", certificate_no="X-2", number_scheme="none"))
    add(gone)
    link = {"rel": "erases", "id": gone.statement.id, "sha256": gone.statement.sha256.hex()}
    payload = {"scope": "record", "reason_code": "data-subject-request"}
    request = {
        "id": "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f", "type": "erasure", "issuer": operator,
        "occurred_at": "2026-11-24T00:00:00Z", "payload": payload, "links": [link],
    }  # fmt: skip
    add(draft(request))


def audited(home: Path) -> list[Finding]:
    return local.audit(embedded(home, chain="none")).findings


def test_an_untouched_log_has_no_findings(lived: Path) -> None:
    assert audited(lived) == []


LAST = '(SELECT max("index") FROM entries)'
MUTATIONS = {
    "links: a hop is hidden": "DELETE FROM links WHERE rel = 'fulfils'",
    "links: a paper is hidden": "DELETE FROM links WHERE rel = 'paper'",
    "links: a hop too many": "INSERT INTO links SELECT target, \"index\", 'cites' FROM links LIMIT 1",
    "links: another target": "UPDATE links SET target = 'order:x' WHERE rel = 'accepts'",
    "links: another entry": 'UPDATE links SET "index" = "index" - 1 WHERE rel = \'accepts\'',
    "links: no such entry": "INSERT INTO links VALUES ('order:x', 99999, 'cites')",
    "links: none at all": "DELETE FROM links",
    "chains: a place is hidden": "DELETE FROM chains WHERE rowid_ = 1",
    "chains: another place": "UPDATE chains SET seq = seq + 7 WHERE rowid_ = 1",
    "chains: a place too many": f"INSERT INTO chains VALUES ('school:2105029999', 1, {LAST})",
    "chains: no such entry": "INSERT INTO chains VALUES ('school:2105029999', 1, 99999)",
    "subject_heads: one is hidden": "DELETE FROM subject_heads WHERE subject LIKE 'order:%A-17'",
    "subject_heads: an older one": "UPDATE subject_heads SET seq = 1 WHERE subject LIKE 'supplier:%'",
    "subject_heads: another leaf": "UPDATE subject_heads SET leaf_hash = zeroblob(32) WHERE subject LIKE 'order:%A-17'",
    "subject_heads: no such entry": "UPDATE subject_heads SET \"index\" = 99999 WHERE subject LIKE 'order:%A-17'",
    "subject_heads: one too many": "INSERT INTO subject_heads VALUES ('school:2105029999', 1, 3, zeroblob(32))",
    "documents: one is let go": 'DELETE FROM documents WHERE "index" = {order}',
    "documents: another one": 'UPDATE documents SET mac = zeroblob(32) WHERE "index" = {order}',
    "documents: one too many": "INSERT INTO documents VALUES (zeroblob(32), {order})",
    "documents: no such entry": "INSERT INTO documents VALUES (zeroblob(32), 99999)",
    "blob: a use is hidden": 'DELETE FROM blob_uses WHERE "index" = {weigh}',
    "blob_uses: one too many": "INSERT INTO blob_uses SELECT upload, {order} FROM blob_uses LIMIT 1",
    "blob_uses: no such upload": "INSERT INTO blob_uses VALUES ('elsewhere', {order})",
    "blob_uses: no such entry": "INSERT INTO blob_uses SELECT upload, 99999 FROM blob_uses LIMIT 1",
    "uploads: about to be collected": "UPDATE uploads SET named = 0",
    "entry: another leaf": 'UPDATE entries SET leaf_hash = zeroblob(32) WHERE "index" = 2',
    "entry: another statement": 'UPDATE entries SET statement_sha256 = zeroblob(32) WHERE "index" = {order}',
    "entry: another type": "UPDATE entries SET type = 'menu' WHERE \"index\" = {order}",
    "entry: an open one is hidden": 'UPDATE entries SET is_open = 0 WHERE "index" = 2',
    "entries: not found by its number": 'UPDATE entries SET source_mac = NULL WHERE "index" = {order}',
    "entries: found by another number": 'UPDATE entries SET source_mac = zeroblob(32) WHERE "index" = {order}',
    "log_head: an old registry": "UPDATE log_head SET open_index = 3",
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_row_that_is_not_what_the_log_gives_is_named(
    lived: Path, tmp_path: Path, name: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(lived, home)
    mutate(home, MUTATIONS[name])

    found = audited(home)

    table = name.partition(":")[0]
    assert any(one.where.startswith(table) for one in found), found
    assert all(one.zh and one.en for one in found)
    assert all(one.expected is not None or one.found is not None for one in found if ":" in one.where
               and not one.where.startswith("act"))  # fmt: skip


def test_an_entry_that_was_altered_is_named_and_nothing_that_follows_from_it(
    lived: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(lived, home)
    path = embedded(home).data_dir / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        asked = "SELECT \"index\", data FROM entries WHERE type = 'weigh-in'"
        index, data = database.execute(asked).fetchone()
        other = bytes(data).replace(b"A-17", b"A-19")
        assert other != bytes(data)
        database.execute('UPDATE entries SET data = ? WHERE "index" = ?', (other, index))

    found = [one.where for one in audited(home)]

    assert set(found) == {f"entry {index}"}


def mutate(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(embedded(home).data_dir / "ledger.sqlite")) as database, database:
        place = dict(database.execute('SELECT type, min("index") FROM entries GROUP BY type'))
        statement = statement.format(order=place["order"], weigh=place["weigh-in"])
        first = "(SELECT subject FROM chains WHERE subject LIKE 'order:%' LIMIT 1)"
        statement = statement.replace("rowid_ = 1", f"seq = 2 AND subject = {first}")
        assert database.execute(statement).rowcount > 0

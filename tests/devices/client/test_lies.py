"""A service that lies in its receipt is caught, and the error names the lie."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from paper_log import PARTY, TOKEN, PaperLog, key, problem
from sample import CERTIFICATE, HOLDER, OCCURRED_AT, evidence

from devices.client import MealtraceClient, SigningKey, Trust
from ledger import merkle, note
from ledger.encoding import b64, b64url, unb64
from ledger.entry import Open
from ledger.errors import LedgerError, MalformedError, VerificationError

Tell = Callable[[PaperLog], None]


def receipt(**members: Any) -> Tell:
    """Say this in the receipt."""

    def tell(log: PaperLog) -> None:
        log.lie.receipt = lambda told: {**told, **members}

    return tell


def request(**members: Any) -> Tell:
    """Log this instead of what was asked."""

    def tell(log: PaperLog) -> None:
        log.lie.request = lambda asked: {**asked, **members}

    return tell


def statement(**members: Any) -> Tell:
    def tell(log: PaperLog) -> None:
        log.lie.statement = lambda made: replace(made, **members)

    return tell


def logged(**members: Any) -> Tell:
    def tell(log: PaperLog) -> None:
        log.lie.entry = lambda made: replace(made, **members)

    return tell


def head(**members: Any) -> Tell:
    def tell(log: PaperLog) -> None:
        log.lie.head = lambda made: replace(made, **members)

    return tell


def other_entry(log: PaperLog) -> None:
    """Show the entry of somebody else's record; it does stand in the log."""
    log.append({**_REQUEST, "id": "01936f5e-0000-7000-8000-000000000001"})
    log.lie.receipt = lambda told: {
        **told,
        "entry": b64(log.leaves[1]),
        "leaf_hash": merkle.leaf_hash(log.leaves[1]).hex(),
    }


def other_record(log: PaperLog) -> None:
    """Give the true receipt of another record."""
    _, told = log.append({**_REQUEST, "id": "01936f5e-0000-7000-8000-000000000001"})
    log.lie.receipt = lambda _: told


def other_key(log: PaperLog) -> None:
    log.lie.key = key("another log")


def forged_signature(log: PaperLog) -> None:
    """The log's name and key ID over another key's signature."""

    def forge(told: dict[str, Any]) -> dict[str, Any]:
        begin, _, last = told["proof"].rstrip("\n").rpartition(" ")
        blob = bytearray(unb64(last))
        blob[-1] ^= 1
        return {**told, "proof": f"{begin} {b64(bytes(blob))}\n"}

    log.lie.receipt = forge


def shortened_path(log: PaperLog) -> None:
    log.append({**_REQUEST, "id": "01936f5e-0000-7000-8000-000000000001"})
    log.lie.path = lambda path: path[:-1]


def wrong_path(log: PaperLog) -> None:
    log.lie.path = lambda path: [bytes(32) for _ in path]


def another_seed(log: PaperLog) -> None:
    log.lie.receipt = lambda told: {**told, "seed": b64url(bytes(32))}


_REQUEST: dict[str, Any] = {
    "id": "",
    "type": "certificate",
    "type_version": 1,
    "occurred_at": OCCURRED_AT,
    "payload": CERTIFICATE,
    "subjects": [],
    "links": [],
}

LIES: dict[str, tuple[Tell, str]] = {
    "another record's receipt": (other_record, "for another record"),
    "another id in the receipt": (
        receipt(id="01936f5e-0000-7000-8000-000000000002"),
        "for another record",
    ),
    "another record's entry": (other_entry, "root|inclusion"),
    "an index elsewhere": (receipt(index=7), "another index"),
    "a leaf hash of something else": (receipt(leaf_hash="00" * 32), "leaf_hash is not"),
    "a later logged_at": (receipt(logged_at="2026-11-23T08:00:00.000Z"), "logged_at is not"),
    "a larger tree": (receipt(tree_size=99), "tree_size is not"),
    "a checkpoint by another key": (other_key, "no known key"),
    "a forged signature": (forged_signature, "signature"),
    "another log's checkpoint": (head(origin="other.example/log"), "no known key"),
    "another root": (head(root=bytes(32)), "root"),
    "a proof too short": (shortened_path, "hashes"),
    "a proof of something else": (wrong_path, "root"),
    "another payload": (
        request(payload={**CERTIFICATE, "valid_until": None}),
        "payload of the statement",
    ),
    "another time": (request(occurred_at="2026-11-23T06:12:11.121Z"), "occurred_at of the"),
    "another type": (statement(type="lot-document"), "type of the statement"),
    "another version": (statement(type_version=2), "type_version of the"),
    "another issuer": (statement(issuer="supplier:91210500MA0YK7QX6R"), "issuer of the"),
    "another ledger": (statement(ledger=bytes(32)), "ledger of the statement"),
    "a subject added": (
        statement(subjects=("order:2105020001~1", HOLDER)),
        "subjects of the statement",
    ),
    "a subject left out": (statement(subjects=()), "subjects of the statement"),
    "a link added": (
        request(links=[{"rel": "renews", "id": "01936f5e-0000-7000-8000-000000000003"}]),
        "links of the statement",
    ),
    "another submitter": (logged(submitter="integrator:91210500MA0YK7QX5T"), "submitter"),
    "another seed than committed": (another_seed, "payload of the statement"),
    "a field too many": (statement(payload_fields=12), "payload of the statement"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_about_an_unsigned_record_is_named(paper: PaperLog, name: str) -> None:
    tell, said = LIES[name]
    tell(paper)
    with (
        MealtraceClient(paper.url, TOKEN, trust=Trust.policy(paper.policy), party=PARTY) as client,
        pytest.raises(VerificationError, match=said),
    ):
        client.post_evidence(evidence())

    assert len(paper.seen) == 1, "a lie is not asked for again"


def signed(log: PaperLog, **members: Any) -> None:
    """Post a signed record."""
    trust = Trust.policy(log.policy)
    with MealtraceClient(log.url, TOKEN, trust=trust, party=PARTY) as client:
        client.post_evidence(evidence(key=SigningKey.generate(), **members))


def test_a_signature_that_was_dropped_is_missed(paper: PaperLog) -> None:
    paper.lie.entry = lambda made: replace(made, signature=None)
    with pytest.raises(VerificationError, match="another signature was logged"):
        signed(paper)


def test_a_signature_that_was_exchanged_is_noticed(paper: PaperLog) -> None:
    other = SigningKey.generate()
    paper.lie.entry = lambda made: replace(made, signature=other.sign(made.statement.to_bytes()))
    with pytest.raises(VerificationError, match="another signature was logged"):
        signed(paper)


def test_a_signature_that_was_added_is_noticed(paper: PaperLog) -> None:
    other = SigningKey.generate()
    paper.lie.entry = lambda made: replace(made, signature=other.sign(made.statement.to_bytes()))
    with (
        MealtraceClient(paper.url, TOKEN) as client,
        pytest.raises(VerificationError, match="another signature was logged"),
    ):
        client.post_evidence(evidence())


def test_a_seed_of_the_services_own_under_a_signature_is_noticed(paper: PaperLog) -> None:
    paper.lie.seed = bytes(32)
    with pytest.raises(VerificationError, match="another seed was used"):
        signed(paper)


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (
            lambda shown: replace(shown, payload={**shown.payload, "reason": "lost"}),
            "the open payload is not what was sent",
        ),
        (lambda shown: replace(shown, seed=bytes(32)), "the open seed is not the receipt's"),
    ],
)
def test_what_is_shown_in_the_open_is_what_was_committed_to(
    paper: PaperLog, lie: Callable[[Open], Open], said: str
) -> None:
    """The commitment is true; what stands beside it for everybody to read is not."""
    paper.lie.entry = lambda made: replace(made, open=made.open and lie(made.open))
    with (
        MealtraceClient(paper.url, TOKEN, party=PARTY) as client,
        pytest.raises(VerificationError, match=said),
    ):
        client.post(
            "key-revocation",
            {"kid": SigningKey.generate().kid, "reason": "stolen"},
            occurred_at=OCCURRED_AT,
        )


def test_a_record_that_its_type_forbids_is_not_believed_to_be_logged(paper: PaperLog) -> None:
    """The service took what this client's catalogue refuses; who is right, it cannot tell."""
    unfit = {**CERTIFICATE, "issued_on": "yesterday"}
    paper.lie.request = lambda asked: {**asked, "payload": CERTIFICATE}
    with (
        MealtraceClient(paper.url, TOKEN) as client,
        pytest.raises(VerificationError, match="logged what its type forbids"),
    ):
        client.post_evidence(evidence(payload=unfit))


def test_two_heads_of_one_size_are_noticed(paper: PaperLog) -> None:
    """Each receipt holds by itself; together they show a forked log."""
    with MealtraceClient(paper.url, TOKEN, party=PARTY) as client:
        client.post_evidence(evidence())
        paper.leaves.pop()
        with pytest.raises(VerificationError, match="two different heads of size 2"):
            client.post_evidence(evidence(payload={**CERTIFICATE, "valid_until": None}))


def test_a_receipt_that_is_none_is_malformed(paper: PaperLog) -> None:
    for members in ({"index": "1"}, {"seed": "short"}, {"proof": None}, {"entry": "?"}):
        receipt(**members)(paper)
        with MealtraceClient(paper.url, TOKEN) as client, pytest.raises(MalformedError):
            client.post_evidence(evidence())


def test_a_prepared_statement_about_something_else_is_not_signed(paper: PaperLog) -> None:
    paper.lie.request = lambda asked: {**asked, "occurred_at": "2020-01-01T00:00:00.000Z"}
    with (
        MealtraceClient(paper.url, TOKEN, party=PARTY) as client,
        pytest.raises(VerificationError, match="occurred_at of the statement"),
    ):
        client.prepare(evidence())


@pytest.mark.parametrize(
    "members", [{"sha256": "00" * 32}, {"size": 1}, {"media_type": "text/html"}, {"size": None}]
)
def test_a_file_stored_as_another_is_noticed(paper: PaperLog, members: dict[str, Any]) -> None:
    receipt(**members)(paper)
    with (
        MealtraceClient(paper.url, TOKEN) as client,
        pytest.raises(VerificationError, match="stored another file"),
    ):
        client.upload(b"%PDF-1.7")


def test_another_file_than_asked_for_is_noticed(paper: PaperLog) -> None:
    with MealtraceClient(paper.url, TOKEN) as client:
        blob = client.upload(b"%PDF-1.7")
        paper.blobs[blob.sha256] = b"%PDF-1.8"
        with pytest.raises(VerificationError, match="sent another file"):
            client.download(blob.sha256)


# Batches


def batch_results(log: PaperLog) -> tuple[list[int], LedgerError | None]:
    """The lines with a receipt, and the error after them."""
    good = []
    with MealtraceClient(log.url, TOKEN, party=PARTY) as client:
        try:
            for result in client.post_many(evidence() for _ in range(4)):
                assert result.receipt
                good.append(result.line)
        except LedgerError as error:
            return good, error
    return good, None


@pytest.mark.parametrize(
    ("change", "kept", "said"),
    [
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], [1], "for another line"),
        (lambda lines: [*lines[:2], lines[1], *lines[3:]], [1, 2], "for another line"),
        (lambda lines: [*lines[:3], lines[4]], [1, 2, 3], "does not count"),
        (
            lambda lines: [*lines[:4], lines[4].replace(b'"stored": 4', b'"stored": 5')],
            [1, 2, 3, 4],
            "does not count",
        ),
        (lambda lines: [*lines[:4], lines[3], lines[4]], [1, 2, 3, 4], "more answers"),
        (lambda lines: [*lines, lines[3]], [1, 2, 3, 4], "goes on after its end"),
        (lambda lines: [lines[0], b"[]\n", *lines[2:]], [1], "not an object"),
        (
            lambda lines: [lines[0], lines[1].replace(b": 201", b": 302"), *lines[2:]],
            [1],
            "status 302",
        ),
    ],
    ids=[
        "swapped",
        "repeated",
        "left-out",
        "miscounted",
        "too-many",
        "after-end",
        "no-object",
        "odd",
    ],
)
def test_answers_that_do_not_fit_their_lines_are_noticed(
    paper: PaperLog, change: Callable[[list[bytes]], list[bytes]], kept: list[int], said: str
) -> None:
    """What was proven before the lie is still handed over."""
    paper.lie.lines = change
    good, error = batch_results(paper)

    assert good == kept
    assert error is not None
    assert said in str(error)


def test_a_line_too_bad_for_its_id_to_be_read_is_refused_without_one(paper: PaperLog) -> None:
    def bad(lines: list[bytes]) -> list[bytes]:
        refused = {"line": 2, "id": None, "status": 413, "problem": problem("too-large", 413)}
        end = {"end": True, "lines": 2, "stored": 1, "replayed": 0, "refused": 1}
        return [lines[0], json.dumps(refused).encode() + b"\n", json.dumps(end).encode() + b"\n"]

    paper.lie.lines = bad
    with MealtraceClient(paper.url, TOKEN, party=PARTY) as client:
        results = list(client.post_many([evidence(), evidence()]))

    assert [(result.line, result.status) for result in results] == [(1, 201), (2, 413)]
    assert all(result.id for result in results)


def test_a_lying_line_does_not_hide_the_lines_before_it(paper: PaperLog) -> None:
    def lie(told: dict[str, Any]) -> dict[str, Any]:
        return {**told, "tree_size": 99} if told["index"] == 3 else told

    paper.lie.receipt = lie
    good, error = batch_results(paper)

    assert good == [1, 2]
    assert "tree_size is not" in str(error)


def test_the_log_the_tests_lie_about_is_honest_by_itself(paper: PaperLog) -> None:
    """Else every test above could pass for the wrong reason."""
    assert note.parse_vkey(paper.policy.split()[1]) == paper.key.verifier_key
    assert batch_results(paper) == ([1, 2, 3, 4], None)
    signed(paper)

"""Whether a receipt holds: what the client does before it believes one.

The statement that must stand in the log is derived again from the request that was sent, the seed
in the receipt, and the genesis that the client trusts. Nothing is taken from the entry but its
submitter, and that only where the caller did not say who it is.
"""

from devices.client import outgoing
from devices.client.outgoing import Outgoing, Prepared
from devices.client.receipt import Receipt
from devices.client.trust import TrustedLog
from ledger import canonical, checkpoint, entry, merkle, proof, statement, tlog_proof
from ledger.canonical import JsonValue
from ledger.checkpoint import Checkpoint
from ledger.encoding import b64url, unb64, unb64url
from ledger.entry import Entry
from ledger.errors import MalformedError, RefusedError, VerificationError
from ledger.evidence.draft import Draft
from ledger.statement import Statement


def check(receipt: Receipt, sent: Outgoing, log: TrustedLog, *, party: str | None) -> Checkpoint:
    """The checkpoint a receipt rests on, after everything about it has been found to hold.

    Raises:
        VerificationError: it does not; the message names what it lies about.
        MalformedError: entry, proof or checkpoint are none.
    """
    head = check_logged(receipt, log)
    logged = entry.parse(receipt.entry)
    _same("the receipt is for another record", sent.id, receipt.id)
    _same("logged_at is not the entry's", logged.logged_at, receipt.logged_at)
    if party is not None:
        _same("another submitter was logged", party, logged.submitter)
    expected = _derive(sent, log, logged.submitter, receipt.seed)
    _same("another seed was used than the one sent", b64url(expected.seed), b64url(receipt.seed))
    _check_statement(expected.statement, logged.statement)
    # Whoever posts again without a key what it once posted with one gets the signed entry back.
    if not (receipt.replayed and expected.signature is None):
        _same("another signature was logged", expected.signature, logged.signature)
    _check_open(expected, logged)
    return head


def check_logged(receipt: Receipt, log: TrustedLog) -> Checkpoint:
    """The checkpoint under which the receipt's entry stands where the receipt says.

    Raises:
        VerificationError: it does not, or the log did not sign that.
        MalformedError: proof or checkpoint are none.
    """
    leaf_hash = merkle.leaf_hash(receipt.entry)
    _same("leaf_hash is not the entry's", leaf_hash.hex(), receipt.leaf_hash.hex())
    shown = tlog_proof.parse(receipt.proof)
    _same("the proof is for another index", receipt.index, shown.index)
    head = checkpoint.open(shown.checkpoint_note, log.keys)
    _same("tree_size is not the checkpoint's", head.size, receipt.tree_size)
    proof.verify_inclusion(shown.index, head.size, leaf_hash, shown.path, head.root)
    return head


def check_prepared(
    answer: dict[str, JsonValue],
    sent: Outgoing,
    log: TrustedLog,
    *,
    party: str | None,
) -> Prepared:
    """The statement the service offers for signing, if it says what was sent.

    Raises:
        VerificationError: it says something else.
        MalformedError: it is no statement.
    """
    seed, text = answer.get("seed"), answer.get("statement")
    if not isinstance(seed, str) or not isinstance(text, str):
        raise MalformedError("the answer has no seed and statement")
    offered = statement.parse(unb64(text))
    expected = sent.signable(log, submitter=party or offered.issuer, seed=unb64url(seed, 32))
    _check_statement(statement.parse(expected.statement), offered)
    return outgoing.prepared(expected)


def _derive(sent: Outgoing, log: TrustedLog, submitter: str, seed: bytes) -> Draft:
    try:
        return sent.derive(log, submitter=submitter, seed=seed)
    except RefusedError as error:
        # Not the caller's fault any more: the record is logged. An older client may also get here,
        # whose catalogue lacks the type; it cannot check the receipt, and must not believe it.
        raise VerificationError(f"the service logged what its type forbids: {error}") from error


def _check_statement(expected: Statement, found: Statement) -> None:
    """Name the member that differs: whoever reads the error must know what the service changed."""
    if expected == found:
        return
    for name, wanted in expected.to_json().items():
        _same(f"{name} of the statement is not what was sent", wanted, found.to_json()[name])


def _check_open(expected: Draft, logged: Entry) -> None:
    if logged.open is None:
        return
    shown = canonical.serialise(logged.open.payload)
    _same("the open payload is not what was sent", expected.payload.decode(), shown.decode())
    _same("the open seed is not the receipt's", b64url(expected.seed), b64url(logged.open.seed))


def _same(lie: str, expected: object, found: object) -> None:
    if expected != found:
        raise VerificationError(lie, expected=str(expected), found=str(found))

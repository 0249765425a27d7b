"""A bundle and a policy in, a verdict out: one file per check (FORMATS §2).

`verify` is one pure function, used alike by command line, API, client and tests. It holds no trust
of its own: the policy names log, genesis, witnesses and auditors, the caller brings the files at
hand and what a node of its choice says. Whatever a bundle claims beside that is only checked.

The checks run in a fixed order and each says one sentence (`sentences.py`). A proof, checkpoint or
entry that cannot be read ends the matter: the checks that would need it are `not-checked`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger import bundle as bundles
from ledger import checkpoint as checkpoints
from ledger import entry as entries
from ledger import note as notes
from ledger import policy as policies
from ledger import tlog_proof
from ledger.anchor import ChainFacts
from ledger.bundle import Bundle
from ledger.errors import MalformedError
from ledger.merkle import leaf_hash
from ledger.policy import Policy
from ledger.verdict import CHECKS, Check, Overall, State, Verdict
from ledger.verification import (
    anchor,
    blob_digests,
    checkpoint_signature,
    completeness,
    corrections_and_erasures,
    cosignatures,
    entry_form,
    heads,
    inclusion,
    issuer_signature,
    key_valid,
    payload_commitment,
    shown,
)
from ledger.verification.case import Case
from ledger.verification.sentences import say
from ledger.verification.shown import Shown, Support, decode

_NO_BLOBS: Final[Mapping[str, int]] = MappingProxyType({})


def verify(
    bundle: bytes,
    policy: bytes | None,
    *,
    blobs: Mapping[str, int] = _NO_BLOBS,
    chain: ChainFacts | None = None,
) -> Verdict:
    """The verdict on a bundle.

    Args:
        bundle: bytes of the file.
        policy: bytes of the verifier's own policy, or None.
        blobs: SHA-256 (lower-case hex) → size in bytes, of the files at hand.
        chain: what a node of the verifier's choice answers, or None if none was asked.

    Raises:
        MalformedError: bundle or policy cannot be read; there is no verdict.
    """
    trusted = None if policy is None else policies.parse(policy)
    return verify_parts(bundles.parse(bundle), trusted, blobs=blobs, chain=chain)


def verify_parts(
    bundle: Bundle,
    policy: Policy | None,
    *,
    blobs: Mapping[str, int] = _NO_BLOBS,
    chain: ChainFacts | None = None,
) -> Verdict:
    """As `verify`, for a bundle and a policy that have been parsed."""
    read = read_case(bundle, policy, blobs=blobs, chain=chain)
    return read if isinstance(read, Verdict) else _judge(read)


def read_case(
    bundle: Bundle,
    policy: Policy | None,
    *,
    blobs: Mapping[str, int] = _NO_BLOBS,
    chain: ChainFacts | None = None,
) -> Case | Verdict:
    """What the checks look at, or the verdict where that ends the matter."""
    try:
        proof = tlog_proof.parse(bundle.proof)
    except MalformedError as error:
        return _ended(inclusion.malformed(error))
    try:
        note = notes.parse(proof.checkpoint_note)
        checkpoint = checkpoints.parse(note.text)
    except MalformedError as error:
        return _ended(checkpoint_signature.malformed(error))
    try:
        data = decode(bundle.entry, "entry")
    except MalformedError as error:
        return _ended(entry_form.malformed(error, None))
    leaf = leaf_hash(data)
    try:
        entry = entries.parse(data)
    except MalformedError as error:
        included = inclusion.check(leaf, proof, checkpoint, Support())
        return _ended(entry_form.malformed(error, data), included)
    main = Shown(proof.index, entry, leaf)
    support = shown.read(bundle.support, ledger=main.ledger, checkpoint=checkpoint, main=main)
    return Case(
        bundle=bundle,
        policy=policy,
        blobs=blobs,
        chain=chain,
        proof=proof,
        note=note,
        checkpoint=checkpoint,
        main=main,
        support=support,
        indexes=heads.evaluate(main, support),
        disclosed=payload_commitment.read(bundle.disclosure, main),
    )


def _judge(case: Case) -> Verdict:
    commitment = payload_commitment.check(case)
    signature, custodial = issuer_signature.check(case)
    checks = (
        entry_form.check(case),
        commitment,
        blob_digests.check(case, commitment),
        signature,
        key_valid.check(case, signature, custodial=custodial),
        checkpoint_signature.check(case),
        inclusion.check(case.main.leaf_hash, case.proof, case.checkpoint, case.support),
        cosignatures.check(case),
        anchor.check(case),
        corrections_and_erasures.check(case),
        completeness.check(case),
    )
    overall, scope = _overall(checks, identified=case.identified, custodial=custodial)
    return Verdict(overall, scope, custodial, checks)


def _overall(
    checks: tuple[Check, ...], *, identified: bool, custodial: bool
) -> tuple[Overall, tuple[str, ...]]:
    states = {check.name: check.state for check in checks}
    if State.FAIL in states.values():
        return Overall.FAILED, ()
    if not identified:
        return Overall.UNIDENTIFIED, ()
    passed = {name for name, state in states.items() if state is State.PASS}
    holds = (
        passed >= {"entry-form", "inclusion", "checkpoint-signature"}
        and states["payload-commitment"] in (State.PASS, State.ERASED)
        and (custodial or passed >= {"issuer-signature", "key-valid"})
    )
    carried = {"anchor": "anchor", "cosignatures": "witnesses"}
    scope = tuple(word for name, word in carried.items() if name in passed)
    if holds and scope:
        return Overall.VERIFIED, scope
    return Overall.LOG_ONLY, ()


def _ended(failed: Check, *others: Check) -> Verdict:
    """The verdict where a check failed that all others stand on."""
    made = {check.name: check for check in (failed, *others)}
    checks = tuple(
        made.get(name) or say(name, State.NOT_CHECKED, "not-reached", name=failed.name)
        for name in CHECKS
    )
    return Verdict(Overall.FAILED, (), custodial=False, checks=checks)

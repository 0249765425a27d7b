"""Replay: good logs pass, and every entry that breaks a rule of the log is refused where it stands."""

import base64
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from log_writer import BUREAU, OPERATOR, SCALE, SCHOOL, LogWriter, key, kid
from own_vectors import cases, load, log

from ledger import checkpoint, ed25519, entry, merkle, note, subject_index
from ledger.entry import ChainItem, Entry
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.replay import Replay
from ledger.statement import Link
from ledger.subject_index import Head

ENTRIES = log()
SUPPLIER = "supplier:91000000MA0000003C"
INTEGRATOR = "integrator:91000000MA0000004D"


def replay_of(entries: list[bytes]) -> Replay:
    replay = Replay(entries.__getitem__)
    for data in entries:
        replay.apply(data)
    return replay


def picture(replay: Replay) -> tuple[Any, ...]:
    """All that a replay knows, to be compared."""
    standing = replay.standing
    return (
        replay.size,
        dict(replay.heads),
        dict(replay.ids),
        replay.logged_at,
        {name: (k.party, k.registered_at, k.revoked_at) for name, k in standing.keys.items()},
        {between: list(mandates) for between, mandates in standing.mandates.items()},
        dict(standing.owners),
        list(standing.targets),
        [(span.key, span.since, span.until) for span in standing.log_keys],
    )


# The vectors.


def test_the_log_of_the_vectors_is_good() -> None:
    replay = replay_of(ENTRIES)

    assert len(ENTRIES) == replay.size


@cases("statement-entry.json", "refuse_logs")
def test_refuses_the_last_entry_and_only_that(case: dict[str, Any]) -> None:
    good = ENTRIES[: case["take"]]
    *more, bad = [base64.b64decode(item) for item in case["append_base64"]]
    replay = replay_of(good + more)
    before = picture(replay)

    with pytest.raises((MalformedError, VerificationError)):
        replay.apply(bad)
    assert before == picture(replay)


REASONS = {
    "no-genesis": "genesis is entry 0",
    "second-genesis-null-ledger": "genesis is entry 0 and no other",
    "chain-seq-gap": "gap or fork in the chain of canteen",
    "chain-fork": "chain of order",
    "chain-starts-at-2": "does not start at 1",
    "chain-prev-other-index": "fork in the chain of canteen",
    "logged-at-backwards": "logged_at goes backwards",
    "open-root-mismatch": "does not give the statement's root",
    "key-registered-later": "not registered",
    "key-of-another-party": "another party's",
    "null-signature-with-valid-key": "must sign",
    "signature-broken": "signature does not hold",
    "registration-of-other-ledger": "possession",
    "registration-without-key-subject": "lacks the subject key:",
    "revocation-of-unknown-key": "not registered",
    "mandate-of-another-type": "no mandate",
    "mandate-not-begun": "no mandate",
    "correction-of-nothing": "does not exist",
    "correction-by-another": "only the issuer",
    "replaces-nothing": "does not exist",
    "subject-index-other-count": "not reproducible",
    "subject-index-of-the-future": "before itself",
    "anchor-target-by-a-party": "authority",
    "log-key-without-the-new": "new key's signature",
}


@cases("statement-entry.json", "refuse_logs")
def test_says_what_the_vector_is_about(case: dict[str, Any]) -> None:
    """A refusal for another reason would hide that the rule is not held."""
    good = ENTRIES[: case["take"]]
    *more, bad = [base64.b64decode(item) for item in case["append_base64"]]

    with pytest.raises(LedgerError, match=REASONS[case["name"]]):
        replay_of(good + more).apply(bad)


@pytest.mark.parametrize(
    "case", load("statement-entry.json")["checkpoints"], ids=lambda c: c["size"]
)
def test_each_checkpoint_bears_the_keys_of_its_size(case: dict[str, Any]) -> None:
    signed = note.parse(case["note"])
    replay = replay_of(ENTRIES[: case["size"]])
    said = checkpoint.parse(signed.text)

    replay.check_checkpoint(signed)

    assert (
        case["size"],
        merkle.tree_root([merkle.leaf_hash(d) for d in ENTRIES[: said.size]]),
    ) == (
        said.size,
        said.root,
    )


# Signatures apart.


def test_signatures_can_be_checked_by_others_later() -> None:
    put_aside: list[tuple[bytes, bytes, bytes]] = []
    replay = Replay(ENTRIES.__getitem__, verify=lambda *check: put_aside.append(check))
    for data in ENTRIES:
        replay.apply(data)

    assert picture(replay_of(ENTRIES)) == picture(replay)
    assert len([d for d in ENTRIES if entry.parse(d).signature is not None]) == len(put_aside)
    for public_key, signature, message in put_aside:
        ed25519.verify(public_key, signature, message)


def test_a_bad_signature_put_aside_is_found_later() -> None:
    case = next(
        c for c in load("statement-entry.json")["refuse_logs"] if c["name"] == "signature-broken"
    )
    put_aside: list[tuple[bytes, bytes, bytes]] = []
    replay = Replay(ENTRIES.__getitem__, verify=lambda *check: put_aside.append(check))
    for data in [*ENTRIES[: case["take"]], base64.b64decode(case["append_base64"][0])]:
        replay.apply(data)

    with pytest.raises(VerificationError):
        ed25519.verify(*put_aside[-1])


# The shape of a log.


def test_entries_are_taken_in_order_and_once() -> None:
    replay = replay_of(ENTRIES[:12])

    with pytest.raises(VerificationError):
        replay.apply(ENTRIES[13])
    with pytest.raises(VerificationError, match="stands at 11 already"):
        replay.apply(ENTRIES[11])
    replay.apply(ENTRIES[12])


def test_a_record_id_stands_once() -> None:
    writer = LogWriter()
    first = writer.append("waste-log", SCHOOL)

    with pytest.raises(VerificationError, match=f"stands at {first} already"):
        writer.append("waste-log", SCHOOL, record=writer.ids[first])


def test_entries_of_the_same_millisecond_are_good() -> None:
    writer = LogWriter()

    writer.append("waste-log", SCHOOL, later_ms=-1000)

    with pytest.raises(VerificationError, match="backwards"):
        writer.append("waste-log", SCHOOL, later_ms=-2001)


def test_a_statement_of_another_ledger_is_refused() -> None:
    writer = LogWriter()
    data = writer.write("waste-log", SCHOOL)
    other = data.replace(merkle.leaf_hash(writer.entries[0]).hex().encode(), b"ab" * 32)

    with pytest.raises(VerificationError, match="another ledger"):
        writer.take(other)


def forge(data: bytes, chains: tuple[ChainItem, ...]) -> bytes:
    good = entry.parse(data)
    return Entry(
        chains, good.logged_at, good.signature, good.statement, good.submitter, good.open
    ).to_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda item: item._replace(seq=item.seq + 1),
        lambda item: item._replace(seq=item.seq - 1),
        lambda item: item._replace(prev_index=item.prev_index + 1),
        lambda item: item._replace(prev=bytes(32)),
        lambda item: ChainItem(item.subject, 1, None, None),
    ],
    ids=["gap", "seq again", "other index", "other hash", "starts again"],
)
def test_a_chain_names_the_entry_before_it(change: Callable[[ChainItem], ChainItem]) -> None:
    writer = LogWriter()
    for _ in range(3):
        writer.append("waste-log", SCHOOL, subjects=("order:a", "school:a"))
    data = writer.write("waste-log", SCHOOL, subjects=("order:a", "school:a"))
    first, second = entry.parse(data).chains

    for chains in ((change(first), second), (first, change(second))):
        with pytest.raises(VerificationError, match="chain of"):
            writer.take(forge(data, chains))
    writer.take(data)


# Keys.


def test_a_key_counts_from_the_entry_after_its_registration_until_its_revocation() -> None:
    writer, scale = LogWriter(), key("scale")
    writer.append("weigh-in", SCALE)
    with pytest.raises(VerificationError, match="not registered"):
        writer.append("weigh-in", SCALE, signer=scale)
    registered = writer.register(SCALE, scale)
    with pytest.raises(VerificationError, match="must sign"):
        writer.append("weigh-in", SCALE)
    writer.append("weigh-in", SCALE, signer=scale)
    revoked = writer.revoke(scale, BUREAU, key("bureau"))

    with pytest.raises(VerificationError, match="not registered and valid"):
        writer.append("weigh-in", SCALE, signer=scale)
    writer.append("weigh-in", SCALE)
    with pytest.raises(VerificationError, match="registered already"):
        writer.register(SCALE, scale)
    known = writer.replay.standing.keys[kid(scale)]
    assert (registered, revoked) == (known.registered_at, known.revoked_at)
    assert known.by_authority


def test_a_party_with_two_keys_signs_with_either_and_must_with_one_left() -> None:
    writer, one, two = LogWriter(), key("one"), key("two")
    writer.register(SCALE, one)
    writer.register(SCALE, two)
    writer.append("weigh-in", SCALE, signer=one)
    writer.append("weigh-in", SCALE, signer=two)
    writer.revoke(one, SCALE, one)

    with pytest.raises(VerificationError, match="must sign"):
        writer.append("weigh-in", SCALE)
    writer.append("weigh-in", SCALE, signer=two)


def test_an_authority_signs_from_entry_1() -> None:
    writer = LogWriter()

    with pytest.raises(VerificationError, match="must sign"):
        writer.append("tender", BUREAU)
    writer.append("tender", BUREAU, signer=key("bureau"))


def test_a_revoked_authority_vouches_no_more() -> None:
    writer = LogWriter()
    writer.revoke(key("bureau"), BUREAU, key("bureau"))

    with pytest.raises(VerificationError, match="not registered and valid"):
        writer.register(SCALE, key("scale"))
    with pytest.raises(VerificationError, match="by an authority or the operator"):
        writer.register(SCALE, key("scale"), signer=None)


def test_a_key_that_an_authority_registers_is_no_authority() -> None:
    """Not even for the authority's own party: genesis alone names authorities."""
    writer = LogWriter()
    writer.register(BUREAU, key("bureau 2"))
    target = {
        "chain_id": 1,
        "genesis_hash": "0x" + "00" * 32,
        "contract": "0x" + "00" * 20,
        "code_sha256": "00" * 32,
        "registrant": "0x" + "00" * 20,
    }

    with pytest.raises(VerificationError, match="by an authority"):
        writer.append("anchor-target", BUREAU, target, signer=key("bureau 2"))
    at = writer.append("anchor-target", BUREAU, target, signer=key("bureau"))
    assert [at] == [index for index, _ in writer.replay.standing.targets]


def test_a_key_vouched_for_by_the_operator_alone_is_told_apart() -> None:
    writer = LogWriter()
    writer.register(SCALE, key("scale"), issuer=OPERATOR, signer=None)

    assert not writer.replay.standing.keys[kid(key("scale"))].by_authority
    with pytest.raises(VerificationError, match="by an authority or the operator"):
        writer.register(SCALE, key("other"), issuer=SCHOOL, signer=None)


def test_possession_is_shown_by_the_key_itself_for_this_party() -> None:
    writer = LogWriter()
    good = writer.registration(SCALE, key("scale"))["payload"]
    for other in (
        writer.registration(SCHOOL, key("scale"))["payload"],
        writer.registration(SCALE, key("other"))["payload"],
    ):
        with pytest.raises(VerificationError, match="possession"):
            writer.append(
                "key-registration",
                BUREAU,
                {**good, "possession": other["possession"]},
                subjects=(SCALE, f"key:{kid(key('scale'))}"),
                signer=key("bureau"),
            )


@pytest.mark.parametrize(
    ("issuer", "signer"), [(OPERATOR, None), (SCHOOL, "school"), (SCHOOL, None)]
)
def test_a_key_is_revoked_by_its_party_or_an_authority(issuer: str, signer: str | None) -> None:
    writer, scale = LogWriter(), key("scale")
    writer.register(SCALE, scale)
    if signer:
        writer.register(issuer, key(signer))

    with pytest.raises(VerificationError, match="revocation is signed by"):
        writer.revoke(scale, issuer, key(signer) if signer else None)
    writer.revoke(scale, SCALE, scale)


# Mandates.


def mandate(**changes: Any) -> dict[str, Any]:
    return {
        "principal": SUPPLIER,
        "submitter": INTEGRATOR,
        "types": ["dispatch"],
        "from": "2026-11-23T06:00:02.000Z",
        "until": "2026-11-23T06:00:04.000Z",
        **changes,
    }


def test_a_mandate_holds_from_and_until_by_logged_at() -> None:
    writer = LogWriter()
    writer.append("mandate", SUPPLIER, mandate())

    def post(at: str, **changes: Any) -> bytes:
        data = writer.write(
            **{"kind": "dispatch", "issuer": SUPPLIER, "submitter": INTEGRATOR, **changes}
        )
        return data.replace(entry.parse(data).logged_at.encode(), at.encode())

    for at in ("2026-11-23T06:00:01.999Z", "2026-11-23T06:00:04.000Z"):
        with pytest.raises(VerificationError, match="no mandate"):
            writer.take(post(at))
    for changes in ({"kind": "certificate"}, {"issuer": SCHOOL}, {"submitter": SCHOOL}):
        with pytest.raises(VerificationError, match="no mandate"):
            writer.take(post("2026-11-23T06:00:02.500Z", **changes))
    writer.take(post("2026-11-23T06:00:02.000Z"))
    writer.take(post("2026-11-23T06:00:03.999Z"))


def test_a_mandate_does_not_replace_the_signature_of_a_party_with_a_key() -> None:
    writer = LogWriter()
    writer.register(SUPPLIER, key("supplier"))
    writer.append("mandate", SUPPLIER, mandate(), signer=key("supplier"))

    with pytest.raises(VerificationError, match="must sign"):
        writer.append("dispatch", SUPPLIER, submitter=INTEGRATOR)
    writer.append("dispatch", SUPPLIER, submitter=INTEGRATOR, signer=key("supplier"))


def test_a_mandate_is_given_by_its_principal() -> None:
    with pytest.raises(VerificationError, match="principal"):
        LogWriter().append("mandate", INTEGRATOR, mandate())


# Links and corrections.


@pytest.mark.parametrize(
    "rel", ["corrects", "replaces", "disputes", "rules-on", "reviews", "erases"]
)
def test_what_speaks_about_a_record_finds_it_in_the_log(rel: str) -> None:
    writer = LogWriter()
    target = writer.append("waste-log", SCHOOL)
    good = writer.link(rel, target)
    about = (f"record:{good.id}",)
    nothing = Link(rel, id="00000000-0000-0000-0000-00000000ffff", sha256=good.sha256)

    with pytest.raises(VerificationError, match="does not exist"):
        writer.append("x-test", SCHOOL, links=(nothing,), subjects=(f"record:{nothing.id}",))
    bad = Link(rel, id=good.id, sha256=bytes(32))
    with pytest.raises(VerificationError, match="another statement"):
        writer.append("x-test", SCHOOL, links=(bad,), subjects=about)
    writer.append("x-test", SCHOOL, links=(good,), subjects=about)


@pytest.mark.parametrize("rel", ["cites", "accepts", "settles", "fulfils"])
def test_other_targets_may_arrive_later(rel: str) -> None:
    writer = LogWriter()

    writer.append("x-test", SCHOOL, links=(Link(rel, id="00000000-0000-0000-0000-00000000ffff"),))


def device(**changes: Any) -> dict[str, Any]:
    return {
        "device": SCALE,
        "owner": SCHOOL,
        "gateway": None,
        "kind": "scale",
        "model": "XK3190",
        "serial": "1",
        **changes,
    }


def test_a_record_is_corrected_by_its_issuer_or_the_owner_of_its_device() -> None:
    writer = LogWriter()
    writer.append("device-registration", OPERATOR, device())
    gateway = device(device="camera:c-1", gateway="gateway:g-1")
    writer.append("device-registration", OPERATOR, gateway)
    for issuer in (SCALE, "gateway:g-1"):
        target = writer.append("weigh-in", issuer, subjects=(SUPPLIER, SCHOOL))
        link = writer.link("corrects", target)
        about = (f"record:{link.id}",)

        with pytest.raises(VerificationError, match="only the issuer"):
            writer.append("correction", SUPPLIER, links=(link,), subjects=about)
        writer.append("correction", SCHOOL, links=(link,), subjects=about)
        writer.append("correction", issuer, links=(link,), subjects=about)


# The log's keys.


def test_the_logs_key_changes_hands() -> None:
    writer = LogWriter()
    standing = writer.replay.standing

    def names(size: int) -> list[bytes]:
        return [k.public_key for k in standing.log_keys_at(size)]

    for signed_by in (("log 2", "log 2"), ("log 1", "log 1")):
        with pytest.raises(VerificationError, match="signature"):
            writer.append(
                "log-key", OPERATOR, writer.log_key("log 1", "log 2", signed_by=signed_by)
            )
    with pytest.raises(VerificationError, match="not the log's"):
        writer.append(
            "log-key", OPERATOR, writer.log_key("log 2", "log 3", signed_by=("log 2", "log 3"))
        )
    at = writer.append(
        "log-key", OPERATOR, writer.log_key("log 1", "log 2", signed_by=("log 1", "log 2"))
    )
    old, new = key("log 1").public_key, key("log 2").public_key
    assert ([old], [old, new], [new]) == (names(at), names(at + 1), names(at + 2))
    with pytest.raises(VerificationError, match="not the log's"):
        writer.append(
            "log-key", OPERATOR, writer.log_key("log 1", "log 3", signed_by=("log 1", "log 3"))
        )


def test_the_logs_key_is_changed_by_the_operator() -> None:
    writer = LogWriter()
    payload = writer.log_key("log 1", "log 2", signed_by=("log 1", "log 2"))

    with pytest.raises(VerificationError, match="by the operator"):
        writer.append("log-key", SCHOOL, payload)


# The subject index.


def index_of(entries: list[bytes], size: int) -> dict[str, Any]:
    """The index by the book: the last chain item of each subject."""
    heads = {}
    for index, data in enumerate(entries[:size]):
        for item in entry.parse(data).chains:
            heads[item.subject] = Head(item.subject, item.seq, index, merkle.leaf_hash(data))
    return dict(subject_index.build(heads.values(), size).to_json())


def test_an_index_of_any_size_up_to_its_own_place_is_reproduced() -> None:
    writer = LogWriter()
    for at in range(12):
        writer.append("waste-log", SCHOOL, subjects=(f"lot:{at % 5}", f"order:{at}", SCHOOL))
    for size in range(1, len(writer.entries) + 1):
        writer.append("subject-index", OPERATOR, index_of(writer.entries, size))

    payload = index_of(writer.entries, len(writer.entries))
    with pytest.raises(VerificationError, match="before itself"):
        writer.append("subject-index", OPERATOR, {**payload, "size": len(writer.entries) + 1})


@pytest.mark.parametrize(
    "change",
    [
        lambda good: {**good, "count": good["count"] + 1},
        lambda good: {**good, "root": "00" * 32},
        lambda good: {**good, "size": good["size"] - 1},
    ],
    ids=["count", "root", "size"],
)
def test_an_index_that_leaves_something_out_is_refused(
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    writer = LogWriter()
    for at in range(5):
        writer.append("waste-log", SCHOOL, subjects=(f"order:{at}",))
    good = index_of(writer.entries, len(writer.entries))

    with pytest.raises(VerificationError, match="not reproducible"):
        writer.append("subject-index", OPERATOR, change(good))
    writer.append("subject-index", OPERATOR, good)


# Open payloads.


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("mandate", mandate(types=[])),
        ("mandate", mandate(until="2026-11-23")),
        ("mandate", {**mandate(), "note": "x"}),
        ("key-revocation", {"kid": "x", "reason": "stolen"}),
        ("erasure", {"scope": "all", "reason_code": "x"}),
        ("erasure", {"scope": "fields", "reason_code": "x"}),
        ("erasure", {"scope": "record", "fields": ["a"], "reason_code": "x"}),
        ("audit-report", {"result": "fine", "size": 1}),
        ("subject-index", {"count": 0, "root": "0" * 64}),
        ("device-registration", {"device": SCALE}),
        ("anchor-target", {"chain_id": 1}),
        ("log-key", {}),
        ("policy", {"name": "a", "version": 1}),
        ("access-denied", {"party": SCHOOL}),
        ("backup-receipt", {"size": 1}),
        ("party-registration", {"party": SCHOOL}),
        ("role-grant", {"party": SCHOOL, "role": "school"}),
        ("genesis", {}),
    ],
)
def test_a_governance_payload_has_exactly_its_members(kind: str, payload: dict[str, Any]) -> None:
    writer = LogWriter()

    with pytest.raises((MalformedError, VerificationError)):
        writer.append(kind, OPERATOR, payload)
    assert len(writer.entries) == 1


def test_an_erasure_says_what_it_erases() -> None:
    writer = LogWriter()
    payload = {"scope": "record", "reason_code": "data-subject-request"}
    with pytest.raises(VerificationError, match="which record"):
        writer.append("erasure", OPERATOR, payload)

    link = writer.link("erases", writer.append("waste-log", SCHOOL))
    writer.append("erasure", OPERATOR, payload, links=(link,), subjects=(f"record:{link.id}",))


def test_a_governance_record_of_a_later_version_is_not_passed_over() -> None:
    """What it changes is unknown, and with it the standing of everything after it."""
    with pytest.raises(VerificationError, match="a newer program"):
        LogWriter().append("mandate", SUPPLIER, mandate(), version=2)


def test_types_and_versions_of_evidence_need_not_be_known() -> None:
    LogWriter().append("robot-report", SCHOOL, version=7)


def test_genesis_is_submitted_by_its_issuer() -> None:
    good = entry.parse(ENTRIES[0])
    data = dataclasses.replace(good, submitter=SCHOOL).to_bytes()

    with pytest.raises(VerificationError, match="no mandate"):
        Replay([].__getitem__).apply(data)


def test_a_log_key_never_returns() -> None:
    writer = LogWriter()
    for old, new in (("log 1", "log 2"), ("log 2", "log 3")):
        writer.append("log-key", OPERATOR, writer.log_key(old, new, signed_by=(old, new)))

    with pytest.raises(VerificationError, match="before"):
        writer.append(
            "log-key", OPERATOR, writer.log_key("log 3", "log 1", signed_by=("log 3", "log 1"))
        )

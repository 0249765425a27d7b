"""The clients against the real service: SQLite, a folder of blobs, embedded chain, real sockets."""

import asyncio
import json
import re
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from components.service import Service
from relay import Relay

import devices.client
from devices.client import (
    AsyncMealtraceClient,
    Blob,
    Evidence,
    Link,
    MealtraceClient,
    Patience,
    ProblemError,
    Receipt,
    SigningKey,
    Trust,
    stable_id,
)
from ledger import entry
from ledger.errors import VerificationError

OCCURRED_AT = "2026-08-18T09:31:12.500+08:00"
ADMISSION = "bureau:11210500001234567Y~admission"
GREENS = "supplier:91210500MA0YK7QX5T"
MEAT = "supplier:91210500MA0UTC1A0P"
PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"
LICENCE = b"\xff\xd8\xff\xe0 a licence"


@dataclass(frozen=True, slots=True)
class Log:
    """A running service with two suppliers; the second one has a key."""

    service: Service
    tokens: dict[str, str]
    key: SigningKey

    def client(self, party: str, url: str | None = None, **options: Any) -> MealtraceClient:
        return MealtraceClient(url or self.service.url, self.tokens[party], party=party, **options)


def token(service: Service, party: str) -> str:
    made = service.cli("tokens", "create", party, "--scope", "post", "--scope", "read", "--json")
    return str(json.loads(made.stdout)["token"])


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    home = tmp_path_factory.mktemp("service")
    authority, key = SigningKey.generate(), SigningKey.generate()
    authorities = home / "authorities.json"
    authorities.write_text(json.dumps([{"party": ADMISSION, "jwk": authority.public_jwk}]))
    with Service(home / "home", {"MEALTRACE_AUTHORITIES_FILE": str(authorities)}) as service:
        with MealtraceClient(service.url, service.admin_token) as admin:
            roles = {ADMISSION: "bureau-admission", GREENS: "supplier", MEAT: "supplier"}
            parties = [
                Evidence("party-registration", {"party": party, "name": party}, OCCURRED_AT)
                for party in roles
            ]
            grants = [
                Evidence("role-grant", {"party": party, "role": role, "granted": True}, OCCURRED_AT)
                for party, role in roles.items()
            ]
            assert all(result.receipt for result in admin.post_many([*parties, *grants]))
        tokens = {party: token(service, party) for party in roles}
        with MealtraceClient(service.url, tokens[ADMISSION], party=ADMISSION) as bureau:
            genesis = bureau.trusted().genesis
            registration = {
                "party": MEAT,
                "jwk": key.public_jwk,
                "possession": key.possession(genesis, MEAT),
            }
            bureau.post("key-registration", registration, occurred_at=OCCURRED_AT, key=authority)
        yield Log(service, tokens, key)


def certificate(number: int, holder: str = GREENS, **changes: Any) -> Evidence:
    members: dict[str, Any] = {
        "type": "certificate",
        "payload": {
            "holder": holder,
            "certificate_kind": "other",
            "certificate_no": f"C-{number}",
            "number_scheme": "none",
            "issuing_authority": "示例局",
            "issued_on": "2026-01-05",
            "valid_until": None,
            "scope": ["vegetables"],
            "read_by": "manual",
            "accountable": PERSON,
            "source_ref": f"ERP-{number}",
        },
        "occurred_at": OCCURRED_AT,
    }
    return Evidence(**{**members, **changes})


def test_the_example_of_the_package_runs_as_it_stands(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thing an integrator reads."""
    shown = re.search(r"(?:^    .*\n|^\n)+", str(devices.client.__doc__), re.MULTILINE)
    assert shown
    example = textwrap.dedent(shown.group()).strip()
    monkeypatch.chdir(tmp_path)
    Path("licence.jpg").write_bytes(LICENCE)
    names = {
        "URL": log.service.url,
        "TOKEN": log.tokens[GREENS],
        "PARTY": GREENS,
        "PERSON": PERSON,
    }
    exec(compile(example, "devices/client/__init__.py", "exec"), names)
    kept = Receipt.load("licence.receipt.json")

    assert entry.parse(kept.entry).submitter == GREENS
    assert len(example.split("with ")[1].splitlines()) <= 15


def test_a_record_and_its_file_come_back_as_they_were_posted(log: Log) -> None:
    with log.client(GREENS) as client:
        receipt = client.post_evidence(certificate(1, blobs={"scan": LICENCE}))
        record = client.record(receipt.id)
        payload = record["payload"]

        assert isinstance(payload, dict)
        assert payload["certificate_no"] == "C-1"
        assert client.download(sha256(LICENCE).hexdigest()) == LICENCE


def test_a_bundle_of_a_signed_record_holds(log: Log) -> None:
    with log.client(MEAT) as client:
        receipt = client.post_evidence(certificate(2, MEAT, key=log.key, blobs={"scan": LICENCE}))
        bundle = client.bundle(receipt.id, disclose=["certificate_no", "blobs"])
        verdict = client.verify(bundle, files=[LICENCE])
        states = {check.name: check.state for check in verdict.checks}

        assert verdict.overall in {"log-only", "verified"}
        assert not verdict.custodial
        assert [
            states[name] for name in ("entry-form", "blob-digests", "issuer-signature", "inclusion")
        ] == ["pass"] * 4
        assert client.verify(bundle.replace(b'"C-2"', b'"C-3"')).overall == "failed"


def test_who_has_a_key_cannot_post_without_it(log: Log) -> None:
    with log.client(MEAT) as client, pytest.raises(ProblemError) as caught:
        client.post_evidence(certificate(3, MEAT))

    assert caught.value.code == "signature"


def test_hardware_signs_what_the_service_prepared(log: Log) -> None:
    with log.client(MEAT) as client:
        prepared = client.prepare(certificate(4, MEAT))
        receipt = client.send(prepared.signed(log.key.sign(prepared.statement)))

    assert entry.parse(receipt.entry).statement.to_bytes() == prepared.statement


def test_the_same_record_again_is_a_replay_with_a_newer_proof(log: Log) -> None:
    with log.client(GREENS) as client:
        known = certificate(5, id=stable_id(GREENS, "certificate/5"))
        first = client.post_evidence(known)
        client.post_evidence(certificate(6))
        again = client.post_evidence(known)

    assert again.replayed
    assert (again.index, again.leaf_hash) == (first.index, first.leaf_hash)
    assert again.tree_size > first.tree_size


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (certificate(7, MEAT), "not-your-subject"),
        (
            Evidence("role-grant", {"party": GREENS, "role": "bank", "granted": True}, OCCURRED_AT),
            "forbidden-type",
        ),
        (certificate(8, blobs={"scan": Blob("ab" * 32, 7, "image/jpeg")}), "missing-blob"),
    ],
)
def test_a_refusal_says_why(log: Log, evidence: Evidence, code: str) -> None:
    with log.client(GREENS) as client, pytest.raises(ProblemError) as caught:
        client.post_evidence(evidence)

    assert caught.value.code == code
    assert caught.value.faults
    assert all(fault.message_zh for fault in caught.value.faults)
    assert caught.value.request_id


def test_a_document_is_recorded_once(log: Log) -> None:
    with log.client(GREENS) as client:
        first = client.post_evidence(certificate(9))
        with pytest.raises(ProblemError) as caught:
            client.post_evidence(certificate(9))

    assert caught.value.code == "duplicate-document"
    assert [fault.record for fault in caught.value.faults] == [first.id]


def test_many_records_with_refusals_among_them(log: Log) -> None:
    with log.client(GREENS) as client:
        client.post_evidence(certificate(100))
        numbers = [*range(101, 400), 100]
        results = list(client.post_many(certificate(number) for number in numbers))

    assert [result.status for result in results] == [201] * 299 + [409]
    assert [result.line for result in results] == list(range(1, 301))


def test_an_atomic_batch_is_all_or_nothing(log: Log) -> None:
    with log.client(GREENS) as client:
        client.post_evidence(certificate(500))
        results = list(client.post_many([certificate(501), certificate(500)], atomic=True))

        assert [result.status for result in results] == [409, 409]
        assert client.post_evidence(certificate(501)).index > 0


def test_a_mistake_is_corrected_by_two_records_in_one_batch(log: Log) -> None:
    with log.client(GREENS) as client:
        wrong = client.post_evidence(certificate(510))
        right = certificate(511, links=[Link("replaces", id=wrong.id)])
        correction = Evidence(
            "correction",
            {"reason_code": "incorrect-data", "reason": "抄错号码", "accountable": PERSON},
            OCCURRED_AT,
            links=[wrong.link("corrects")],
        )
        results = list(client.post_many([right, correction], atomic=True))
        states = {
            check.name: check.state for check in client.verify(client.bundle(wrong.id)).checks
        }

    assert [result.status for result in results] == [201, 201]
    assert states["corrections-and-erasures"] != "fail"


def test_what_was_posted_is_found(log: Log) -> None:
    with log.client(GREENS) as client:
        list(client.post_many(certificate(number) for number in range(600, 605)))
        found = list(client.search(type="certificate", subject=GREENS, limit="3"))
        one = list(client.search(source_ref="ERP-603"))
        history = client.history(GREENS)

    assert len(found) >= 5
    assert [item["index"] for item in found] == sorted(int(str(i["index"])) for i in found)
    assert len(one) == 1
    assert history.complete
    assert {item.index for item in history.entries} >= {int(str(i["index"])) for i in found}


def test_the_catalogue_is_served(log: Log) -> None:
    with MealtraceClient(log.service.url) as anybody:
        names = {found["type"] for found in anybody.types() if isinstance(found, dict)}

        assert {"certificate", "weigh-in"} <= names
        assert anybody.type("certificate")["document_key"]


def test_a_kept_receipt_still_holds_after_the_log_has_grown(log: Log, tmp_path: Path) -> None:
    with log.client(GREENS) as client:
        client.post_evidence(certificate(700)).save(tmp_path / "receipt.json")
        list(client.post_many(certificate(number) for number in range(701, 1000)))
    with log.client(GREENS) as another_day:
        kept = Receipt.load(tmp_path / "receipt.json")

        assert another_day.checkpoint(since=kept).size > kept.tree_size


def test_a_kept_receipt_is_read_by_the_command_line(log: Log, tmp_path: Path) -> None:
    """`log-only` (3): a receipt without witnesses rests on the operator's word."""
    kept, policy = tmp_path / "receipt.json", tmp_path / "log.policy"
    with log.client(GREENS, trust=Trust.on_first_use(policy)) as client:
        client.post_evidence(certificate(1010)).save(kept)
    told = log.service.cli("verify", str(kept), "--policy", str(policy), check=False)

    assert told.returncode == 3
    kept.write_bytes(kept.read_bytes().replace(b'"index":', b'"index":1'))
    told = log.service.cli("verify", str(kept), "--policy", str(policy), check=False)

    assert told.returncode == 1


def test_a_pinned_fingerprint_is_the_services_own(log: Log) -> None:
    with MealtraceClient(log.service.url) as first:
        printed = first.trusted().fingerprint
    with log.client(GREENS, trust=Trust.pinned(printed)) as client:
        client.post_evidence(certificate(1000))
    with (
        log.client(GREENS, trust=Trust.pinned("ab" * 32)) as client,
        pytest.raises(VerificationError),
    ):
        client.post_evidence(certificate(1001))


def test_a_connection_cut_again_and_again_loses_and_doubles_nothing(log: Log) -> None:
    with Relay(log.service.port) as relay:
        quick = Patience(attempts=5, first_s=0.01)
        with log.client(GREENS, relay.url, patience=quick) as client:
            client.trusted()
            relay.cuts.extend([None, 0, 50_000, 100, 0, 90_000])
            results = list(client.post_many(certificate(n) for n in range(1100, 1200)))
            relay.cuts.extend([0, 0])
            alone = client.post_evidence(certificate(1200))

    assert all(result.receipt for result in results)
    assert len({result.receipt.index for result in results if result.receipt}) == 100
    assert alone.index > max(r.receipt.index for r in results if r.receipt)


def test_the_asynchronous_client_does_the_same(log: Log, tmp_path: Path) -> None:
    scan = tmp_path / "licence.jpg"
    scan.write_bytes(LICENCE + bytes(600_000))

    async def act() -> None:
        async with AsyncMealtraceClient(log.service.url, log.tokens[MEAT], party=MEAT) as client:
            receipts = await asyncio.gather(
                *(
                    client.post_evidence(certificate(number, MEAT, key=log.key))
                    for number in range(1300, 1320)
                )
            )
            last = await client.post_evidence(
                certificate(1320, MEAT, key=log.key, blobs={"scan": scan})
            )
            results = [
                result
                async for result in client.post_many(
                    certificate(number, MEAT, key=log.key) for number in range(1321, 1330)
                )
            ]
            history = await client.history(MEAT)
            found = [item async for item in client.search(subject=MEAT, limit="7")]
            verdict = await client.verify(await client.bundle(last.id), files=[scan])

            assert len({receipt.index for receipt in receipts}) == 20
            assert all(result.status == 201 for result in results)
            assert len(history.entries) == len(found)
            assert verdict.check("blob-digests").state == "pass"
            assert (await client.checkpoint(since=receipts[0])).size > last.index
            assert await client.download(sha256(scan.read_bytes()).hexdigest()) == scan.read_bytes()
            assert (await client.type("order"))["type"] == "order"
            assert await client.types()
            assert (await client.record(last.id))["id"] == last.id

    asyncio.run(act())


def test_a_killed_service_is_waited_for_and_nothing_is_lost(log: Log) -> None:
    """SIGKILL in the middle of posting: every receipt given is still true afterwards."""
    results: list[Any] = []

    def post() -> None:
        with log.client(GREENS, patience=Patience(attempts=12, longest_s=5)) as client:
            results.extend(client.post_many(certificate(n) for n in range(2000, 4500)))

    posting = threading.Thread(target=post)
    posting.start()
    deadline = time.monotonic() + 30
    while not results and time.monotonic() < deadline:
        time.sleep(0.01)
    log.service.kill()
    log.service.start()
    posting.join(120)

    assert [result.line for result in results] == list(range(1, 2501))
    assert all(result.receipt for result in results)
    assert len({result.receipt.index for result in results}) == 2500
    with log.client(GREENS) as client:
        for result in (results[0], results[999], results[-1]):
            client.checkpoint(since=result.receipt)


def test_a_person_has_one_pseudonym_in_a_school_year(log: Log) -> None:
    with log.client(GREENS) as client:
        one = client.pseudonym("staff 7", school_year=2026)
        again = client.pseudonym("staff 7", school_year=2026)
        other_year = client.pseudonym("staff 7", school_year=2027)

    assert re.fullmatch(r"person:[a-z2-7]{26}", one)
    assert one == again != other_year

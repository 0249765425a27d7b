"""What the client does with an honest service, over real connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from paper_log import PARTY, TOKEN, PaperLog, key, storm
from sample import CERTIFICATE, OCCURRED_AT, evidence
from starlette.responses import PlainTextResponse

from devices.client import (
    AsyncMealtraceClient,
    Blob,
    Evidence,
    MealtraceClient,
    Outgoing,
    ProblemError,
    Receipt,
    SigningKey,
    Trust,
    uuid7,
)
from ledger import entry, jws, merkle
from ledger.errors import MalformedError, NotFoundError, RefusedError, VerificationError

ID = uuid7(1_795_417_931_120, bytes(10))


@pytest.fixture
def client(paper: PaperLog) -> Iterator[MealtraceClient]:
    with MealtraceClient(paper.url, TOKEN, trust=Trust.policy(paper.policy), party=PARTY) as client:
        yield client


def test_one_call_posts_a_record_and_returns_a_checked_receipt(
    paper: PaperLog, client: MealtraceClient
) -> None:
    receipt = client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, id=ID)

    assert (receipt.id, receipt.index, receipt.tree_size, receipt.replayed) == (ID, 1, 2, False)
    assert receipt.leaf_hash == merkle.leaf_hash(paper.leaves[1])
    assert entry.parse(receipt.entry).statement.subjects == (PARTY,)


def test_an_id_is_made_where_none_is_given(client: MealtraceClient) -> None:
    first = client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT)
    second = client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT)

    assert first.id < second.id or first.id[:13] == second.id[:13]
    assert first.id[14] == "7"


def test_the_same_record_again_is_the_same_receipt(client: MealtraceClient) -> None:
    first = client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, id=ID)
    again = client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, id=ID)

    assert again == first
    assert again.replayed


def test_other_content_under_the_same_id_is_refused(client: MealtraceClient) -> None:
    client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, id=ID)
    other = {**CERTIFICATE, "certificate_no": "JY12105020012346"}
    with pytest.raises(ProblemError) as caught:
        client.post("certificate", other, occurred_at=OCCURRED_AT, id=ID)

    assert caught.value.code == "id-conflict"


@pytest.mark.parametrize(
    "moment",
    [
        OCCURRED_AT,
        "2026-11-23T14:12:11.1209+08:00",
        datetime(2026, 11, 23, 6, 12, 11, 120_000, tzinfo=UTC),
        datetime(2026, 11, 23, 14, 12, 11, 120_999, tzinfo=timezone(timedelta(hours=8))),
    ],
)
def test_a_time_may_be_written_in_many_ways_and_is_logged_in_one(
    client: MealtraceClient, moment: datetime | str
) -> None:
    receipt = client.post("certificate", CERTIFICATE, occurred_at=moment)

    assert entry.parse(receipt.entry).statement.occurred_at == "2026-11-23T06:12:11.120Z"


def test_a_time_without_zone_is_refused_before_anything_is_sent(
    paper: PaperLog, client: MealtraceClient
) -> None:
    with pytest.raises(MalformedError, match="without zone"):
        client.post("certificate", CERTIFICATE, occurred_at=datetime(2026, 11, 23, 6))  # noqa: DTZ001

    assert not paper.paths()


def test_evidence_that_does_not_fit_its_type_is_refused_before_anything_is_sent(
    paper: PaperLog, client: MealtraceClient
) -> None:
    with pytest.raises(RefusedError) as caught:
        client.post(
            "certificate", {**CERTIFICATE, "issued_on": "yesterday"}, occurred_at=OCCURRED_AT
        )

    assert [fault.pointer for fault in caught.value.faults] == ["/payload/issued_on"]
    assert not paper.paths()


def test_a_key_signs_what_is_logged(client: MealtraceClient) -> None:
    key = SigningKey.generate()
    receipt = client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, key=key)
    logged = entry.parse(receipt.entry)

    assert logged.signature is not None
    jws.verify(logged.signature, logged.statement.to_bytes(), key.public_key)


def test_every_signed_record_has_a_seed_of_its_own(client: MealtraceClient) -> None:
    key = SigningKey.generate()
    seeds = {
        client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, key=key).seed
        for _ in range(2)
    }

    assert len(seeds) == 2


def test_signing_needs_to_know_for_whom(paper: PaperLog) -> None:
    with (
        MealtraceClient(paper.url, TOKEN) as nobody,
        pytest.raises(MalformedError, match="issuer must be named"),
    ):
        nobody.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, key=SigningKey.generate())


def test_a_file_is_uploaded_before_the_record_that_names_it(
    paper: PaperLog, client: MealtraceClient, tmp_path: Path
) -> None:
    scan = tmp_path / "licence.jpg"
    scan.write_bytes(b"\xff\xd8\xff" + bytes(700_000))
    client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, blobs={"scan": scan})

    assert paper.paths() == ["/v1/blobs", "/v1/records"]
    assert json.loads(paper.seen[-1].body)["blobs"] == [
        {
            "media_type": "image/jpeg",
            "role": "scan",
            "sha256": sha256(scan.read_bytes()).hexdigest(),
            "size": 700_003,
        }
    ]
    assert "transfer-encoding" not in paper.seen[-2].headers


@pytest.mark.parametrize(
    ("source", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"who knows", "application/octet-stream"),
        ((b"\xff\xd8\xff", "Image/X-Own; q=1"), "image/x-own"),
    ],
)
def test_a_media_type_is_told_or_guessed(
    client: MealtraceClient,
    source: bytes | tuple[bytes, str],
    media_type: str,
) -> None:
    content, told = source if isinstance(source, tuple) else (source, None)

    assert client.upload(content, told).media_type == media_type


def test_a_file_uploaded_before_is_not_uploaded_again(
    paper: PaperLog, client: MealtraceClient
) -> None:
    blob = client.upload(b"%PDF-1.7 licence")
    client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT, blobs={"scan": blob})

    assert paper.paths() == ["/v1/blobs", "/v1/records"]


def test_a_missing_file_is_said_to_be_missing(client: MealtraceClient, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no file .*gone\.jpg"):
        client.upload(tmp_path / "gone.jpg")


def test_what_was_uploaded_is_downloaded(client: MealtraceClient) -> None:
    blob = client.upload(b"%PDF-1.7 licence")

    assert client.download(blob.sha256) == b"%PDF-1.7 licence"
    assert blob == Blob(blob.sha256, 16, "application/pdf")


def test_a_receipt_is_kept_in_a_file_of_its_owner(client: MealtraceClient, tmp_path: Path) -> None:
    receipt = client.post("certificate", CERTIFICATE, occurred_at=OCCURRED_AT)
    receipt.save(tmp_path / "receipt.json")

    assert Receipt.load(tmp_path / "receipt.json") == receipt
    assert (tmp_path / "receipt.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["receipt.json"]


def test_an_outbox_keeps_bytes_and_sends_them_after_a_restart(paper: PaperLog) -> None:
    key = SigningKey.generate()
    with MealtraceClient(paper.url, TOKEN, party=PARTY) as before:
        kept = before.ready(evidence(key=key)).body
    with MealtraceClient(paper.url, TOKEN, party=PARTY) as after:
        first = after.send(Outgoing.restore(kept))
        again = after.send(Outgoing.restore(kept))

    assert first == again
    assert again.replayed


def test_a_prepared_statement_is_what_would_be_logged(client: MealtraceClient) -> None:
    prepared = client.prepare(evidence(id=ID))
    receipt = client.post_evidence(evidence(id=ID))

    assert len(prepared.seed) == 32
    assert json.loads(prepared.statement)["id"] == receipt.id == ID


def test_a_signer_of_another_kind_signs_what_was_prepared(client: MealtraceClient) -> None:
    """Hardware that shows its key to nobody: it gets bytes and gives a signature."""
    key = SigningKey.generate()
    prepared = client.prepare(evidence(id=ID))
    receipt = client.send(prepared.signed(key.sign(prepared.statement)))
    logged = entry.parse(receipt.entry)

    assert logged.statement.to_bytes() == prepared.statement
    assert logged.signature == key.sign(prepared.statement)
    assert receipt.seed == prepared.seed


def test_a_client_that_does_not_know_its_party_leaves_faults_to_the_service(
    paper: PaperLog,
) -> None:
    with MealtraceClient(paper.url, TOKEN) as client:
        assert entry.parse(client.post_evidence(evidence()).entry).submitter == PARTY

        with pytest.raises(ProblemError) as caught:
            client.post_evidence(evidence(payload={**CERTIFICATE, "issued_on": "yesterday"}))

    assert caught.value.code == "schema"


def test_without_a_token_the_service_says_so(paper: PaperLog) -> None:
    with MealtraceClient(paper.url) as client, pytest.raises(ProblemError) as caught:
        client.post_evidence(evidence())

    assert caught.value.code == "token"


@pytest.mark.parametrize(
    "url", ["", "meals.example", "ftp://meals.example", "http://", "http://a/?b=c", "http://a:b/"]
)
def test_an_address_that_can_be_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(MalformedError):
        MealtraceClient(url)


def test_a_token_that_would_break_the_header_is_refused_at_once() -> None:
    with pytest.raises(MalformedError, match="printable"):
        MealtraceClient("http://127.0.0.1", "a\r\nb")


# Trust


def test_trust_on_first_use_keeps_what_it_saw_first(paper: PaperLog, tmp_path: Path) -> None:
    """Another log at the same address is another log, even after a restart."""
    kept = tmp_path / "log.policy"
    first = paper.policy
    with MealtraceClient(paper.url, TOKEN, trust=Trust.on_first_use(kept)) as client:
        client.post_evidence(evidence())

    assert kept.read_text() == first

    paper.key = key("another log")
    with (
        MealtraceClient(paper.url, TOKEN, trust=Trust.on_first_use(kept)) as client,
        pytest.raises(VerificationError, match="no known key"),
    ):
        client.post_evidence(evidence())

    assert kept.read_text() == first


def test_a_pinned_fingerprint_lets_no_other_policy_in(paper: PaperLog, tmp_path: Path) -> None:
    printed = sha256(paper.policy.encode()).hexdigest()
    spaced = " ".join(printed[i : i + 8] for i in range(0, 64, 8)).upper()
    with MealtraceClient(paper.url, TOKEN, trust=Trust.pinned(spaced)) as client:
        assert client.trusted().fingerprint == printed

    kept = tmp_path / "log.policy"
    with (
        MealtraceClient(paper.url, TOKEN, trust=Trust.pinned("00" * 32, kept)) as client,
        pytest.raises(VerificationError, match="not the one you trust"),
    ):
        client.post_evidence(evidence())

    assert not kept.exists()
    assert not paper.paths()


def test_a_policy_at_hand_is_not_asked_for(paper: PaperLog, client: MealtraceClient) -> None:
    client.post_evidence(evidence())

    assert [seen.path for seen in paper.seen] == ["/v1/records"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace("# genesis", "# formerly"), "names no genesis"),
        (lambda text: text.replace("log ", "# log "), "no|log"),
        (lambda _: "", "quorum|log"),
    ],
)
def test_a_policy_that_identifies_no_log_is_refused(
    paper: PaperLog, change: Callable[[str], str], fault: str
) -> None:
    with (
        MealtraceClient(paper.url, TOKEN, trust=Trust.policy(change(paper.policy))) as client,
        pytest.raises(MalformedError, match=fault),
    ):
        client.post_evidence(evidence())


# The log's head


def test_the_head_extends_what_a_kept_receipt_stood_in(
    paper: PaperLog, client: MealtraceClient
) -> None:
    receipt = client.post_evidence(evidence())
    for _ in range(300):
        paper.leaves.append(b"another")
    head = client.checkpoint(since=receipt)

    assert head.size == 302
    assert any(seen.path.startswith("/tile/0/") for seen in paper.seen)


def test_a_tile_that_became_full_serves_for_the_partial_one(
    paper: PaperLog, client: MealtraceClient
) -> None:
    """The head is an older one from a cache; the log has thrown its partial tiles away."""
    receipt = client.post_evidence(evidence())
    paper.leaves += [b"another"] * 298
    paper.lie.head = lambda _: paper.head(200)
    paper.weather.extend([PlainTextResponse(paper.signed_head()), storm(404)])

    assert client.checkpoint(since=receipt).size == 200
    assert paper.paths()[-2:] == ["/tile/0/000.p/200", "/tile/0/000"]


def test_a_log_that_rewrote_history_is_found_out(paper: PaperLog, client: MealtraceClient) -> None:
    receipt = client.post_evidence(evidence())
    paper.leaves[1] = b"something else"
    paper.leaves.append(b"another")
    with pytest.raises(VerificationError, match="root"):
        client.checkpoint(since=receipt)


def test_a_log_that_shows_two_heads_of_one_size_is_found_out(
    paper: PaperLog, client: MealtraceClient
) -> None:
    paper.leaves.append(b"one thing")
    client.checkpoint()
    paper.leaves[1] = b"another thing"
    with pytest.raises(VerificationError, match="two different heads of size 2"):
        client.checkpoint()


# Many


def test_many_records_go_into_one_request_and_each_gets_its_receipt(
    paper: PaperLog, client: MealtraceClient
) -> None:
    results = list(client.post_many(evidence() for _ in range(25)))

    assert [result.line for result in results] == list(range(1, 26))
    assert [result.receipt.index for result in results if result.receipt] == list(range(1, 26))
    assert paper.paths() == ["/v1/records:batch"]


def test_nothing_is_posted_before_a_result_is_asked_for(
    paper: PaperLog, client: MealtraceClient
) -> None:
    client.post_many([evidence()])

    assert not paper.seen


def test_a_refused_record_is_a_result_among_the_others(client: MealtraceClient) -> None:
    client.post_evidence(evidence(id=ID))
    results = list(
        client.post_many(
            [
                evidence(),
                evidence(payload={**CERTIFICATE, "issued_on": "yesterday"}),
                evidence(id=ID, payload={**CERTIFICATE, "certificate_no": "JY12105020012346"}),
                evidence(payload={**CERTIFICATE, "ext": {"weight": 1.5}}),
                evidence(id=ID),
            ]
        )
    )

    assert [(r.status, r.problem.code if r.problem else None) for r in results] == [
        (201, None),
        (422, "schema"),
        (409, "id-conflict"),
        (400, "malformed"),
        (200, None),
    ]


def test_an_atomic_batch_sends_nothing_when_one_record_is_unfit(
    paper: PaperLog, client: MealtraceClient
) -> None:
    unfit = evidence(payload={**CERTIFICATE, "issued_on": "yesterday"})
    with pytest.raises(RefusedError):
        list(client.post_many([evidence(), unfit], atomic=True))

    assert not paper.paths()


def test_an_atomic_batch_is_one_request(paper: PaperLog, client: MealtraceClient) -> None:
    list(client.post_many([evidence(), evidence()], atomic=True))

    assert [(seen.path, seen.query) for seen in paper.seen] == [
        ("/v1/records:batch", "atomic=true")
    ]


# The asynchronous shell


def test_the_asynchronous_client_does_the_same(paper: PaperLog, tmp_path: Path) -> None:
    scan = tmp_path / "licence.png"
    scan.write_bytes(bytes(600_000))

    async def act() -> None:
        async with AsyncMealtraceClient(paper.url, TOKEN, party=PARTY) as client:
            receipt = await client.post(
                "certificate", CERTIFICATE, occurred_at=OCCURRED_AT, blobs={"scan": scan}
            )
            side_by_side = await asyncio.gather(
                *(client.post_evidence(evidence()) for _ in range(5))
            )
            results = [r async for r in client.post_many(evidence() for _ in range(3))]

            async def later() -> AsyncIterator[Evidence]:
                for _ in range(3):
                    await asyncio.sleep(0)
                    yield evidence()

            results += [r async for r in client.post_many(later())]

            assert sorted(r.index for r in side_by_side) == [2, 3, 4, 5, 6]
            assert [r.line for r in results] == [1, 2, 3, 1, 2, 3]
            assert (await client.checkpoint(since=receipt)).size == 13
            assert len(await client.download(sha256(scan.read_bytes()).hexdigest())) == 600_000

    asyncio.run(act())


def test_the_asynchronous_client_asks_for_the_policy_once_or_for_the_same(
    paper: PaperLog,
) -> None:
    async def act() -> None:
        async with AsyncMealtraceClient(paper.url, TOKEN) as client:
            await asyncio.gather(*(client.trusted() for _ in range(4)))
            await client.trusted()

    asyncio.run(act())

    assert len(paper.seen) <= 4

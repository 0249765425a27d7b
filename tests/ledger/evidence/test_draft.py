"""From a request to a draft: what is derived, what is refused, and what signing demands."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import canonical, commitment, jws, statement, strict_json
from ledger.ed25519 import Signer
from ledger.encoding import b64url
from ledger.errors import RefusedError
from ledger.evidence import catalogue, draft

LEDGER = bytes(range(32))
SEED = bytes(32)
KEY = Signer.from_seed(bytes(range(32)))
VENDOR = "integrator:91210500MA0YK7QX5T"


def example(name: str) -> dict[str, Any]:
    return copy.deepcopy(dict(catalogue.TYPES[name].example))


@pytest.fixture
def weighing() -> dict[str, Any]:
    return example("weigh-in")


def prepare(request: Any, **kwargs: Any) -> draft.Draft:
    named = request.get("issuer", VENDOR) if isinstance(request, dict) else VENDOR
    kwargs.setdefault("submitter", named)
    kwargs.setdefault("ledger", LEDGER)
    return draft.prepare(request, new_seed=SEED, **kwargs)


def faults(request: Any, **kwargs: Any) -> list[tuple[str, str]]:
    """Pointer and code of everything found wrong."""
    with pytest.raises(RefusedError) as refusal:
        prepare(request, **kwargs)
    assert refusal.value.code == "schema"
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def sentence(request: Any, pointer: str) -> str:
    with pytest.raises(RefusedError) as refusal:
        prepare(request)
    (said,) = [fault.message_en for fault in refusal.value.faults if fault.pointer == pointer]
    return said


def signed(request: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The request, completed and signed by `KEY`; then changed."""
    ready = draft.signable(request, submitter=request["issuer"], ledger=LEDGER, new_seed=SEED)
    return {**ready.request, "signature": jws.sign(ready.statement, KEY), **changes}


# What is derived


def test_the_statement_commits_to_the_payload_with_its_blobs(weighing: dict[str, Any]) -> None:
    made = prepare(weighing)

    payload = canonical.parse(made.payload)
    assert isinstance(payload, dict)
    (blob,) = weighing["blobs"]
    assert payload["blobs"] == [blob]
    commit = commitment.commit(payload, SEED, weighing["id"])
    assert (made.statement.payload_root, made.statement.payload_fields) == (
        commit.root,
        commit.fields,
    )
    assert made.statement == statement.parse(made.statement_bytes)
    assert made.statement.ledger == LEDGER


def test_the_submitter_is_the_issuer_unless_another_is_named(weighing: dict[str, Any]) -> None:
    issuer = weighing.pop("issuer")

    made = prepare(weighing, submitter=issuer)

    assert (made.statement.issuer, made.submitter) == (issuer, issuer)
    assert prepare(example("weigh-in"), submitter=VENDOR).submitter == VENDOR


def test_times_are_brought_to_utc_and_cut_to_milliseconds(weighing: dict[str, Any]) -> None:
    weighing["occurred_at"] = "2026-11-23T14:12:11.120999+08:00"
    weighing["payload"]["photo_taken_at"] = "2026-11-23T14:12:10+08:00"

    made = prepare(weighing)

    assert made.statement.occurred_at == "2026-11-23T06:12:11.120Z"
    assert b'"photo_taken_at":"2026-11-23T06:12:10.000Z"' in made.payload


def test_the_seed_is_the_request_s_own_where_it_brings_one(weighing: dict[str, Any]) -> None:
    assert not prepare(weighing).explicit_seed

    made = prepare({**weighing, "seed": b64url(bytes([7] * 32))})

    assert made.explicit_seed
    assert made.seed == bytes([7] * 32)


def test_a_retry_in_other_words_has_the_same_content(weighing: dict[str, Any]) -> None:
    again = copy.deepcopy(weighing)
    again["payload"] = dict(reversed(again["payload"].items()))
    again["type_version"] = 1
    again["seed"] = b64url(bytes([7] * 32))
    again["subjects"] = list(prepare(weighing).statement.subjects)

    assert prepare(again).content == prepare(weighing).content
    assert prepare(signed(weighing)).content == prepare(weighing).content


@pytest.mark.parametrize(
    "change",
    [
        lambda request: request["payload"].update(item_code="rice"),
        lambda request: request.update(occurred_at="2026-11-23T06:12:11.121Z"),
        lambda request: request.update(subjects=["lot:91210500MA0UTC1A0P~rice~1"]),
        lambda request: request.update(links=[]),
        lambda request: request["blobs"][0].update(sha256="0" * 64),
    ],
)
def test_a_request_that_says_something_else_has_another_content(
    weighing: dict[str, Any], change: Any
) -> None:
    before = prepare(weighing).content

    change(weighing)

    assert prepare(weighing).content != before


def test_the_content_is_canonical_json_without_seed_and_signature(
    weighing: dict[str, Any],
) -> None:
    content = canonical.parse(prepare(signed(weighing)).content)

    assert isinstance(content, dict)
    assert content.keys() == {
        "id", "issuer", "links", "occurred_at", "payload", "subjects", "type", "type_version",
    }  # fmt: skip


def test_the_document_key_tells_documents_apart_by_type_and_key_fields() -> None:
    order = example("order")
    key = prepare(order).document_key

    order["payload"]["meals_planned"] = 1
    assert prepare(order).document_key == key
    order["payload"]["order_no"] = "B-1"
    assert prepare(order).document_key != key
    assert key is not None
    assert key.startswith("order{")


def test_what_storage_and_rights_need_is_said(weighing: dict[str, Any]) -> None:
    weighing["payload"]["source_ref"] = "scale 7, no. 12"

    made = prepare(weighing)

    assert made.source_ref == "scale 7, no. 12"
    assert made.bound_party == weighing["payload"]["school"]
    assert made.posters == {"device"}
    assert made.devices == (weighing["payload"]["scale"],)
    assert [blob.sha256 for blob in made.blobs] == [weighing["blobs"][0]["sha256"]]
    assert (made.opened, made.open) == (None, False)


def test_an_open_type_shows_payload_and_seed() -> None:
    made = prepare(example("role-grant"))

    assert made.opened is not None
    assert made.opened.seed == SEED
    assert canonical.serialise(made.opened.payload) == made.payload


def test_a_supplier_registration_is_bound_to_its_credit_code() -> None:
    request = example("supplier-registration")
    code = request["payload"]["uscc"]

    assert prepare(request).bound_party == f"supplier:{code}"
    request["issuer"] = f"supplier:{code}~depot-2"
    assert prepare(request).bound_party == f"supplier:{code}~depot-2"
    request["issuer"] = "school:2105020001"
    assert prepare(request).bound_party == f"supplier:{code}"


# Subjects and links


def test_subjects_are_derived_sorted_and_may_be_added_to(weighing: dict[str, Any]) -> None:
    derived = prepare(weighing).statement.subjects
    assert list(derived) == sorted(derived)
    assert weighing["payload"]["scale"] in derived

    weighing["subjects"] = ["meal:2105020001~01~2026-11-23~lunch"]

    assert set(prepare(weighing).statement.subjects) == {
        *derived,
        "meal:2105020001~01~2026-11-23~lunch",
    }


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("school:2105020009", "not-derived"),
        ("person:abcdefghijklmnopqrstuvwxyz", "not-derived"),
        ("order:92210500MA0UTC1A0P~1", "sole-trader"),
        ("order", "not-a-subject"),
        (7, "not-a-subject"),
    ],
)
def test_only_documents_goods_and_meals_are_added(
    weighing: dict[str, Any], subject: Any, code: str
) -> None:
    weighing["subjects"] = [subject]

    assert faults(weighing) == [("/subjects/0", code)]


def test_a_document_of_too_many_subjects_is_to_be_split(weighing: dict[str, Any]) -> None:
    weighing["subjects"] = [f"order:2105020001~{number}" for number in range(64)]

    assert faults(weighing) == [("/subjects", "too-many")]


def test_a_record_about_another_has_it_and_its_issuer_as_subjects() -> None:
    other = "01a206fd-6778-7a62-a7b8-000000000030"
    report = example("audit-report")
    assert prepare(report).statement.subjects == (report["issuer"],)

    erasure = example("erasure")

    assert prepare(erasure).statement.subjects == (f"record:{erasure['links'][0]['id']}",)
    erasure["links"][0]["id"] = other
    assert prepare(erasure).statement.subjects == (f"record:{other}",)


def test_links_are_sorted_and_taken_once(weighing: dict[str, Any]) -> None:
    one = {"rel": "fulfils", "subject": "order:2105020001~A-17"}
    other = {"rel": "cites", "id": "01a206fd-6778-7a62-a7b8-000000000030"}
    weighing["links"] = [one, other, one]

    links = [link.to_json() for link in prepare(weighing).statement.links]

    assert links == sorted([one, other], key=canonical.serialise)


@pytest.mark.parametrize(
    ("link", "pointer"),
    [
        ({"rel": "likes", "subject": "order:2105020001~A-17"}, "/links/0"),
        ({"rel": "settles", "subject": "order:2105020001~A-17"}, "/links/0/rel"),
        ({"rel": "fulfils"}, "/links/0"),
        ({"rel": "fulfils", "subject": "delivery:92210500MA0UTC1A0P~1"}, "/links/0/subject"),
        ("fulfils", "/links/0"),
    ],
)
def test_links_that_the_type_does_not_have_are_refused(
    weighing: dict[str, Any], link: Any, pointer: str
) -> None:
    weighing["links"] = [link]

    assert [at for at, _ in faults(weighing)] == [pointer]


# Faults


def test_every_fault_of_a_request_is_found_at_once(weighing: dict[str, Any]) -> None:
    weighing |= {"id": "7", "occurred_at": "yesterday", "colour": "red", "links": {}}
    weighing["payload"] |= {"gross_g": "1200", "net_g": 1200.0, "tare_g": True, "brand": "x"}
    weighing["blobs"] = [{"role": "scan", "sha256": "0"}]
    del weighing["payload"]["school"]

    assert {
        ("/colour", "unknown-field"),
        ("/id", "pattern"),
        ("/occurred_at", "not-a-time"),
        ("/links", "not-an-array"),
        ("/payload/gross_g", "not-an-integer"),
        ("/payload/net_g", "not-an-integer"),
        ("/payload/tare_g", "not-an-integer"),
        ("/payload/brand", "unknown-field"),
        ("/payload/school", "missing"),
        ("/blobs/0/sha256", "pattern"),
    } == set(faults(weighing))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"1200"', "leave out the quotes"),
        ("1200.0", "write 1200"),
        ("1.2e3", "write 1200"),
        ("1200.5", "smaller unit"),
        ("true", "true is a boolean"),
        ("null", "null"),
        ("9007199254740992", "largest integer"),
        ("[]", "an array"),
    ],
)
def test_what_is_not_an_integer_is_told_so(weighing: dict[str, Any], text: str, says: str) -> None:
    body = json.dumps(weighing).replace(f'"gross_g": {weighing["payload"]["gross_g"]}', "@")
    body = body.replace("@", f'"gross_g": {text}')

    assert says in sentence(strict_json.parse(body.encode(), fractions=True), "/payload/gross_g")


def test_no_sentence_repeats_what_was_sent(weighing: dict[str, Any]) -> None:
    weighing["payload"] |= {"gross_g": "Zhang San", "item_code": ["Zhang San"]}
    weighing["payload"] |= {"school": "Zhang San", "photo_taken_at": "Zhang San"}
    weighing["issuer"] = "Zhang San"

    with pytest.raises(RefusedError) as refusal:
        prepare(weighing, submitter=VENDOR)

    assert len(refusal.value.faults) == 5
    assert "Zhang" not in str(refusal.value)


@pytest.mark.parametrize("request_", [[], None, "{}", 7])
def test_a_request_is_an_object(request_: Any) -> None:
    assert faults(request_, submitter=VENDOR) == [("", "not-an-object")]


def test_an_empty_request_lacks_everything() -> None:
    assert faults({}) == [
        ("/id", "missing"),
        ("/type", "missing"),
        ("/occurred_at", "missing"),
        ("/payload", "missing"),
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"type": "weighin"}, ("/type", "unknown-type")),
        ({"type_version": 2}, ("/type_version", "unknown-type")),
        ({"type_version": "1"}, ("/type_version", "not-an-integer")),
        ({"type_version": True}, ("/type_version", "not-an-integer")),
        ({"id": "0192F0C1-7C3A-7D52-9B1E-2F6A4C8D0E11"}, ("/id", "pattern")),
        ({"occurred_at": "2026-11-23T06:12:11"}, ("/occurred_at", "not-a-time")),
        ({"occurred_at": "2026-11-23T06:12:11.1234567890Z"}, ("/occurred_at", "not-a-time")),
        ({"issuer": "supplier:92210500MA0UTC1A0P"}, ("/issuer", "sole-trader")),
        ({"seed": "AAAA"}, ("/seed", "pattern")),
        ({"payload": []}, ("/payload", "not-an-object")),
    ],
)
def test_each_member_of_the_envelope_is_checked(
    weighing: dict[str, Any], changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert fault in faults({**weighing, **changes}, submitter=VENDOR)


def test_genesis_and_only_genesis_has_no_ledger(weighing: dict[str, Any]) -> None:
    assert faults(weighing, ledger=None) == [("/type", "genesis")]
    assert faults(example("genesis")) == [("/type", "genesis")]
    assert prepare(example("genesis"), ledger=None).statement.ledger is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a request with each of its keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, member in items:
        found.append((value, key))
        if isinstance(member, dict | list):
            found += places(member)
    return found


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_sent_is_taken_or_refused_with_faults(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(catalogue.TYPES)))
    request = example(name)
    if data.draw(st.booleans()) and name != "genesis":
        request = signed(request)
    container, key = data.draw(st.sampled_from(places(request)))
    container[key] = data.draw(JSON)
    try:
        made = prepare(request, submitter=VENDOR, ledger=None if name == "genesis" else LEDGER)
    except RefusedError:
        return
    assert made.statement == statement.parse(made.statement_bytes)
    canonical.parse(made.payload, max_depth=12)


@pytest.mark.parametrize(
    ("ext", "code"),
    [
        ({"note": "x" * 8200}, "too-large"),
        ({"share": 0.5}, "not-canonical"),
        ({"中文": 1}, "not-canonical"),
        ([], "not-an-object"),
    ],
)
def test_ext_is_a_small_object_of_canonical_json(
    weighing: dict[str, Any], ext: Any, code: str
) -> None:
    weighing["payload"]["ext"] = ext

    assert faults(weighing) == [("/payload/ext", code)]


def test_ext_is_stored_uninterpreted(weighing: dict[str, Any]) -> None:
    weighing["payload"]["ext"] = {"shift": {"cook": [1, None, "二"]}}

    assert '"ext":{"shift":{"cook":[1,null,"二"]}}' in prepare(weighing).payload.decode()


def test_half_a_surrogate_pair_is_refused(weighing: dict[str, Any]) -> None:
    weighing["payload"]["item_code"] = "\ud800"

    assert faults(weighing) == [("/payload/item_code", "not-unicode")]


# Blobs


def test_what_an_upload_knows_of_a_blob_is_filled_in(weighing: dict[str, Any]) -> None:
    whole = prepare(weighing)
    (blob,) = weighing["blobs"]
    digest = blob["sha256"]
    weighing["blobs"] = [{"role": blob["role"], "sha256": digest}]

    facts = {digest: (blob["media_type"], blob["size"])}

    assert prepare(weighing, blob_facts=facts).payload == whole.payload
    assert faults(weighing) == [("/blobs/0/media_type", "missing"), ("/blobs/0/size", "missing")]


def test_a_blob_that_nobody_uploaded_is_missing(weighing: dict[str, Any]) -> None:
    for blob in weighing["blobs"]:
        del blob["size"]

    with pytest.raises(RefusedError) as refusal:
        prepare(weighing, blob_facts={})

    assert refusal.value.code == "missing-blob"
    assert refusal.value.faults[0].pointer == "/blobs/0/sha256"


def test_blobs_stand_sorted_in_the_payload() -> None:
    request = example("acceptance")
    (photo,) = [blob for blob in request["blobs"] if blob["role"] == "photo"][:1]
    request["blobs"] = [{**photo, "sha256": digit * 64} for digit in "f0a"]

    payload = canonical.parse(prepare(request).payload)

    assert isinstance(payload, dict)
    assert [blob["sha256"][0] for blob in payload["blobs"]] == ["0", "a", "f"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"role": "selfie"}, ("/blobs/0/role", "not-listed")),
        ({"role": 7}, ("/blobs/0/role", "not-listed")),
        ({"media_type": "text/html"}, ("/blobs/0/media_type", "not-listed")),
        ({"media_type": "image/JPEG"}, ("/blobs/0/media_type", "pattern")),
        ({"size": -1}, ("/blobs/0/size", "not-an-integer")),
        ({"size": "32"}, ("/blobs/0/size", "not-an-integer")),
        ({"sha256": "0" * 63}, ("/blobs/0/sha256", "pattern")),
        ({"href": "x"}, ("/blobs/0/href", "unknown-field")),
    ],
)
def test_each_member_of_a_blob_is_checked(
    weighing: dict[str, Any], change: dict[str, Any], fault: tuple[str, str]
) -> None:
    weighing["blobs"][0].update(change)

    assert fault in faults(weighing)


@pytest.mark.parametrize(
    ("blobs", "fault"),
    [
        ([], ("/blobs", "missing")),
        ({}, ("/blobs", "not-an-array")),
        (["photo"], ("/blobs/0", "not-an-object")),
        ([{}] * 33, ("/blobs", "too-many")),
    ],
)
def test_the_blobs_are_those_the_type_asks_for(
    weighing: dict[str, Any], blobs: Any, fault: tuple[str, str]
) -> None:
    weighing["blobs"] = blobs

    assert fault in faults(weighing)


# Signed requests


def test_a_signable_request_signed_is_accepted_as_it_is(weighing: dict[str, Any]) -> None:
    request = signed(weighing)

    made = prepare(request)

    ready = draft.signable(weighing, submitter=weighing["issuer"], ledger=LEDGER, new_seed=SEED)
    assert made.statement_bytes == ready.statement
    assert made.signature == request["signature"]
    assert made.explicit_seed


def test_a_signed_request_is_not_to_be_signed_again(weighing: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="signed already"):
        draft.signable(signed(weighing), submitter=VENDOR, ledger=LEDGER, new_seed=SEED)


@pytest.mark.parametrize("name", ["type_version", "issuer", "subjects", "links", "seed"])
def test_nothing_is_filled_into_a_signed_request(weighing: dict[str, Any], name: str) -> None:
    request = signed(weighing)
    del request[name]

    assert (f"/{name}", "missing") in faults(request, submitter=weighing["issuer"])


def test_a_signed_request_is_in_normal_form(weighing: dict[str, Any]) -> None:
    request = signed(weighing)
    payload, blobs = request["payload"], request["payload"]["blobs"]
    one = {"rel": "cites", "id": "01a206fd-6778-7a62-a7b8-000000000030"}

    def changed(**changes: Any) -> list[tuple[str, str]]:
        return faults({**request, **changes})

    assert changed(occurred_at="2026-11-23T14:12:30.000+08:00") == [("/occurred_at", "not-normal")]
    assert changed(payload={**payload, "photo_taken_at": "2026-11-23T06:08:29Z"}) == [
        ("/payload/photo_taken_at", "not-normal")
    ]
    assert changed(subjects=request["subjects"][::-1]) == [("/subjects", "not-normal")]
    assert changed(subjects=request["subjects"][1:]) == [("/subjects", "not-normal")]
    assert changed(links=[*request["links"], one, one]) == [("/links", "not-normal")]
    assert changed(payload={**payload, "blobs": blobs * 2}) == [("/payload/blobs", "not-normal")]
    del payload["blobs"]
    assert ("/blobs", "not-normal") in changed(blobs=blobs)


def test_times_inside_lists_are_normal_too() -> None:
    request = signed(example("acceptance"))
    request["payload"]["acceptors"][1]["confirmed_at"] = "2026-11-23T14:10:00.000+08:00"

    assert faults(request) == [("/payload/acceptors/1/confirmed_at", "not-normal")]


def test_a_signature_that_is_none_is_refused(weighing: dict[str, Any]) -> None:
    assert ("/signature", "signature") in faults(signed(weighing, signature="e30..AAAA"))
    assert prepare({**weighing, "signature": None}).signature is None


def test_an_entry_that_could_outgrow_its_bound_is_refused() -> None:
    policy = example("policy")
    policy["payload"]["rules"] = {"text": "x" * 65_000}
    prepared = {**policy, "payload": {**policy["payload"], "rules": {"text": "x" * 60_000}}}

    assert prepare(prepared).opened is not None
    assert faults(policy) == [("", "entry-too-large")]


def test_a_payload_has_its_bound() -> None:
    policy = example("policy")
    policy["payload"]["rules"] = {"text": "x" * 270_000}

    assert ("/payload", "too-large") in faults(policy)

"""Signatures, keys and mandates: who said it, and could they?"""

import json

import pytest
from log_writer import BUREAU, OPERATOR, SCALE, SCHOOL, key, kid
from scene import Scene, changed, said

from ledger import bundle
from ledger.verdict import Overall, State, Verdict

SUPPLIER = "supplier:91000000MA0000003C"
INTEGRATOR = "integrator:91000000MA0000004D"
ORDER = {"kind": "order", "issuer": SCHOOL, "payload": {"a": 1}, "subjects": (SCHOOL,)}
MANDATE = {
    "principal": SCHOOL,
    "submitter": INTEGRATOR,
    "types": ["order"],
    "from": "2026-01-01T00:00:00.000Z",
    "until": "2027-01-01T00:00:00.000Z",
}


def mandate(scene: Scene, **kwargs: object) -> int:
    payload = {**MANDATE, **kwargs.pop("payload", {})}  # type: ignore[dict-item]
    arguments = {"subjects": (SCHOOL, INTEGRATOR), **kwargs}
    return scene.forge("mandate", SCHOOL, payload, **arguments)


def verdict(scene: Scene, index: int, *support: int | bundle.Support) -> Verdict:
    return scene.verify(scene.bundle(index, *support, payload={"a": 1}))


def test_a_signed_record_under_a_registered_key_is_verified() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    index = scene.append(**ORDER, signer=key("school"))

    found = verdict(scene, index, at)

    assert found.overall is Overall.VERIFIED
    assert found.scope == ("witnesses",)
    assert not found.custodial


def test_a_key_registered_after_the_record_fails() -> None:
    scene = Scene()
    index = scene.forge(**ORDER, signer=key("school"))
    at = scene.register(SCHOOL, key("school"))

    check = verdict(scene, index, at).check("key-valid")

    assert check.state is State.FAIL
    assert "expected an index below 1, found 2" in check.en


def test_a_key_registered_twice_is_its_first_holders() -> None:
    scene = Scene()
    first = scene.register(SUPPLIER, key("school"))
    second = scene.forge(
        **scene.registration(SCHOOL, key("school"), issuer=BUREAU, signer=key("bureau"))
    )
    index = scene.forge(**ORDER, signer=key("school"))

    assert said(verdict(scene, index, first, second))["key-valid"] == "fail"


def test_a_key_is_not_registered_by_just_anyone() -> None:
    scene = Scene()
    at = scene.forge(**scene.registration(SCHOOL, key("school"), issuer=SUPPLIER))
    index = scene.forge(**ORDER, signer=key("school"))

    check = verdict(scene, index, at).check("key-valid")

    assert check.state is State.FAIL
    assert f"not by {SUPPLIER}" in check.en


def test_a_null_registration_in_an_authoritys_name_fails() -> None:
    scene = Scene()
    at = scene.forge(**scene.registration(SCHOOL, key("school"), issuer=BUREAU))
    index = scene.forge(**ORDER, signer=key("school"))

    assert said(verdict(scene, index, at))["key-valid"] == "fail"


@pytest.mark.parametrize("issuer", [SCHOOL, OPERATOR])
def test_any_revocation_shown_below_the_record_fails(issuer: str) -> None:
    """Also one that the operator had no right to write: a log that holds it is broken."""
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    signer = key("school") if issuer == SCHOOL else None
    name = kid(key("school"))
    revoked = scene.forge(
        "key-revocation",
        issuer,
        {"kid": name, "reason": "stolen"},
        subjects=(f"key:{name}",),
        signer=signer,
    )
    index = scene.forge(**ORDER, signer=key("school"))

    found = verdict(scene, index, at, revoked)

    assert said(found)["issuer-signature"] == "pass"
    assert "found one at 2" in found.check("key-valid").en


def test_a_null_signature_fails_where_a_valid_key_is_shown() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    index = scene.forge(**ORDER)

    found = verdict(scene, index, at)

    assert said(found)["issuer-signature"] == "fail"
    assert kid(key("school"))[:16] in found.check("issuer-signature").en
    assert not found.custodial


def test_a_null_signature_may_stand_once_the_key_is_revoked() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    revoked = scene.revoke(key("school"), BUREAU, key("bureau"))
    index = scene.append(**ORDER)

    found = verdict(scene, index, at, revoked)

    assert found.overall is Overall.VERIFIED
    assert found.custodial


def test_a_null_signature_may_stand_before_the_key_is_registered() -> None:
    scene = Scene()
    index = scene.append(**ORDER)
    at = scene.register(SCHOOL, key("school"))

    assert verdict(scene, index, at).custodial


def test_an_authority_must_sign_too() -> None:
    scene = Scene()
    index = scene.forge("order", BUREAU, {"a": 1})

    assert said(verdict(scene, index))["issuer-signature"] == "fail"


def test_a_key_that_is_not_shown_leaves_the_record_to_the_log() -> None:
    scene = Scene()
    scene.register(SCHOOL, key("school"))
    index = scene.append(**ORDER, signer=key("school"))

    found = verdict(scene, index)

    assert found.overall is Overall.LOG_ONLY
    assert said(found)["issuer-signature"] == "not-checked"


def test_a_key_means_nothing_without_the_genesis_that_names_the_authorities() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    index = scene.append(**ORDER, signer=key("school"))
    data = scene.bundle(index, at, payload={"a": 1}, genesis=False)

    assert scene.verify(data).overall is Overall.LOG_ONLY


def test_an_index_of_the_key_speaks_about_revocations() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    index = scene.append(**ORDER, signer=key("school"))
    subject = f"key:{kid(key('school'))}"
    _, heads = scene.subject_index(3, [subject])

    check = verdict(scene, index, at, heads).check("key-valid")

    assert "as of size 3 the log has no revocation of it" in check.en


def test_an_index_that_ends_before_the_record_says_nothing_of_revocations() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    scene.append("order", SUPPLIER, {})
    index = scene.append(**ORDER, signer=key("school"))
    _, heads = scene.subject_index(2, [f"key:{kid(key('school'))}"])

    assert (
        "no revocation is in this bundle" in verdict(scene, index, at, heads).check("key-valid").en
    )


def test_an_index_without_a_chain_of_an_authoritys_key_shows_it_unrevoked() -> None:
    scene = Scene()
    index = scene.append("order", BUREAU, {"a": 1}, subjects=(BUREAU,), signer=key("bureau"))
    _, heads = scene.subject_index(2, [f"key:{kid(key('bureau'))}"])

    assert "as of size 2" in verdict(scene, index, heads).check("key-valid").en


def test_an_index_that_hides_a_revocation_shown_beside_it_fails() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    index = scene.append(**ORDER, signer=key("school"))
    revoked = scene.revoke(key("school"), BUREAU, key("bureau"))
    subject = f"key:{kid(key('school'))}"
    lie = {subject: scene.head(subject, at)}
    _, heads = scene.subject_index(4, [subject], lie=lie)

    found = verdict(scene, index, at, revoked, heads)

    assert said(found)["key-valid"] == "pass"
    assert said(found)["completeness"] == "fail"
    assert f"leaves out an entry about {subject}" in found.check("completeness").en


def test_a_mandate_lets_an_integrator_post() -> None:
    scene = Scene()
    given = mandate(scene)
    index = scene.forge(**ORDER, submitter=INTEGRATOR)

    found = verdict(scene, index, given)

    assert found.custodial
    assert found.overall is Overall.VERIFIED


def test_without_a_mandate_another_submitter_is_not_custodial() -> None:
    scene = Scene()
    index = scene.forge(**ORDER, submitter=INTEGRATOR)

    found = verdict(scene, index)

    assert not found.custodial
    assert found.overall is Overall.LOG_ONLY


@pytest.mark.parametrize(
    "payload",
    [
        {"types": ["dispatch"]},
        {"submitter": SUPPLIER},
        {"from": "2026-12-01T00:00:00.000Z"},
        {"until": "2026-11-23T06:00:02.000Z"},
    ],
)
def test_a_mandate_that_does_not_cover_the_record_fails(payload: dict[str, object]) -> None:
    scene = Scene()
    given = mandate(scene, payload=payload)
    index = scene.forge(**ORDER, submitter=INTEGRATOR)

    assert said(verdict(scene, index, given))["issuer-signature"] == "fail"


def test_a_mandate_until_a_moment_later_covers_the_record() -> None:
    scene = Scene()
    given = mandate(scene, payload={"until": "2026-11-23T06:00:02.001Z"})
    index = scene.forge(**ORDER, submitter=INTEGRATOR)

    assert verdict(scene, index, given).custodial


def test_a_mandate_that_the_submitter_wrote_for_itself_fails() -> None:
    scene = Scene()
    given = mandate(scene, submitter=INTEGRATOR)
    index = scene.forge(**ORDER, submitter=INTEGRATOR)

    assert said(verdict(scene, index, given))["issuer-signature"] == "fail"


def test_a_mandate_by_another_principal_fails() -> None:
    scene = Scene()
    given = scene.forge("mandate", SUPPLIER, MANDATE, subjects=(SCHOOL, INTEGRATOR))
    index = scene.forge(**ORDER, submitter=INTEGRATOR)

    assert said(verdict(scene, index, given))["issuer-signature"] == "fail"


def test_a_mandate_above_the_record_fails() -> None:
    scene = Scene()
    index = scene.forge(**ORDER, submitter=INTEGRATOR)
    given = mandate(scene)

    found = verdict(scene, index, given)

    assert said(found)["issuer-signature"] == "fail"
    assert "expected below 1, found 2" in found.check("issuer-signature").en


def test_a_null_mandate_of_a_principal_with_a_key_fails() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    given = mandate(scene)
    index = scene.forge(**ORDER, submitter=INTEGRATOR, signer=key("school"))

    assert said(verdict(scene, index, at, given))["issuer-signature"] == "fail"


def test_a_mandate_whose_signature_cannot_be_checked_is_none() -> None:
    """It says itself that the principal has a key: then a null signature may not stand."""
    scene = Scene()
    given = mandate(scene, signer=key("school"))
    index = scene.forge(**ORDER, submitter=INTEGRATOR)

    found = verdict(scene, index, given)

    assert said(found)["issuer-signature"] == "not-checked"
    assert found.overall is Overall.LOG_ONLY


def test_a_signed_record_brought_under_a_signed_mandate_is_verified() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    given = mandate(scene, signer=key("school"))
    index = scene.forge(**ORDER, submitter=INTEGRATOR, signer=key("school"))

    assert verdict(scene, index, at, given).overall is Overall.VERIFIED


def test_an_open_payload_that_the_authority_did_not_sign_fails() -> None:
    """The signature covers the root alone: whoever hands over the bundle could put in another."""
    scene = Scene()
    signed = scene.registration(SUPPLIER, key("supplier"), issuer=BUREAU, signer=key("bureau"))
    other = json.loads(scene.write(**scene.registration(SCHOOL, key("school"), issuer=BUREAU)))[
        "open"
    ]
    forged = {**json.loads(scene.write(**signed)), "open": other}
    at = scene.force(json.dumps(forged, sort_keys=True, separators=(",", ":")).encode())
    index = scene.forge(**ORDER, signer=key("school"))

    found = verdict(scene, index, at)

    assert said(found)["entry-form"] == "fail"
    assert said(found)["issuer-signature"] == "not-checked"


def test_a_signature_by_the_machines_owner_is_not_the_machines() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    index = scene.forge("weigh-in", SCALE, {"a": 1}, subjects=(SCHOOL,), signer=key("school"))

    assert said(verdict(scene, index, at))["key-valid"] == "fail"


def test_a_signature_that_is_none_of_ours_fails_its_own_check_only() -> None:
    scene = Scene()
    value = json.loads(scene.write(**ORDER))
    value["signature"] = "not a JWS"
    index = scene.force(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())

    found = verdict(scene, index)

    assert [name for name, state in said(found).items() if state == "fail"] == ["issuer-signature"]


def test_support_may_be_shown_twice_and_in_any_order() -> None:
    scene = Scene()
    at = scene.register(SCHOOL, key("school"))
    index = scene.append(**ORDER, signer=key("school"))
    data = scene.bundle(index, at, at, payload={"a": 1})
    support = json.loads(data)["support"]

    assert scene.verify(changed(data, support=support[::-1])).overall is Overall.VERIFIED

"""Who may post what: roles, bound fields, mandates, signatures, and governance by office."""

import copy
from typing import Any

import pytest
from log_writer import BUREAU, OPERATOR, key, kid
from world import World

from ledger import governance, jwk, jws
from ledger.encoding import b64url
from ledger.errors import RefusedError
from ledger.evidence import catalogue, draft, rights
from ledger.evidence.draft import Draft
from ledger.evidence.examples import school_day as day

NOW = "2026-11-23T06:30:00.000Z"
LATER = "2027-11-23T06:30:00.000Z"


@pytest.fixture
def world() -> World:
    made = World()
    made.grant(day.SCHOOL, "school", "school-acceptance", "kitchen")
    made.grant(day.SUPPLIER, "supplier")
    made.grant(day.BANK, "bank")
    made.grant(day.FUNDS, "bureau-funds")
    made.device(day.SCALE, day.GATEWAY, day.SCHOOL)
    return made


def make(
    world: World,
    kind: str,
    *,
    submitter: str | None = None,
    signer: str | None = None,
    **changes: Any,
) -> Draft:
    """The draft of a type's example, its payload changed; `issuer` is the issuer."""
    request = copy.deepcopy(dict(catalogue.TYPES[kind].example))
    request["issuer"] = changes.pop("issuer", request["issuer"])
    request["payload"] |= changes
    request["payload"] = {n: v for n, v in request["payload"].items() if v is not ...}
    told = {"submitter": submitter or request["issuer"], "ledger": world.log.ledger}
    if signer is not None:
        ready = draft.signable(request, new_seed=bytes(32), **told)
        request = {**ready.request, "signature": jws.sign(ready.statement, key(signer))}
    return draft.prepare(request, new_seed=bytes(32), **told)


def check(world: World, made: Draft, *, at: str = NOW) -> None:
    rights.check(made, world.registry, index=world.size, logged_at=at)


def refusal(world: World, made: Draft, *, at: str = NOW) -> tuple[str, str]:
    """Code and English sentence."""
    with pytest.raises(RefusedError) as refused:
        check(world, made, at=at)
    (fault,) = refused.value.faults
    assert fault.message_zh
    return refused.value.code, fault.message_en


# Roles


def test_a_role_of_the_type_may_post_it(world: World) -> None:
    check(world, make(world, "order"))
    check(world, make(world, "dispatch"))
    check(world, make(world, "acceptance"))


def test_another_role_may_not(world: World) -> None:
    code, says = refusal(world, make(world, "order", issuer=day.SUPPLIER))

    assert code == "forbidden-type"
    assert "school" in says
    assert "supplier" in says


def test_a_party_without_roles_posts_nothing(world: World) -> None:
    world.grant(day.SCHOOL, "school", granted=False)

    assert refusal(world, make(world, "order"))[0] == "forbidden-type"


def test_goods_are_never_posted_by_the_money_side(world: World) -> None:
    for kind in ("order", "dispatch", "weigh-in", "acceptance", "rejection", "sample-retained"):
        for issuer in (day.BANK, day.FUNDS):
            hand: dict[str, Any] = {"issuer": issuer, "accountable": day.CLERK}
            assert refusal(world, make(world, kind, **hand))[0] == "forbidden-type"


def test_money_is_never_posted_by_the_goods_side(world: World) -> None:
    for kind in ("settlement", "meal-payment", "account-entry"):
        for issuer in (day.SCHOOL, day.SUPPLIER):
            assert refusal(world, make(world, kind, issuer=issuer))[0] == "forbidden-type"


def test_a_statement_file_is_posted_by_the_bureau_and_a_bank_s_message_is_not(world: World) -> None:
    check(world, make(world, "account-entry", issuer=day.FUNDS, source="statement-file"))
    made = make(world, "account-entry", issuer=day.FUNDS, source="bank-api")
    assert refusal(world, made)[0] == "forbidden-type"


# Bound fields


def test_nobody_speaks_for_another(world: World) -> None:
    world.grant("supplier:91210500MA0OTHER00", "supplier")

    code, says = refusal(world, make(world, "dispatch", issuer="supplier:91210500MA0OTHER00"))

    assert code == "not-your-subject"
    assert day.SUPPLIER in says


@pytest.mark.parametrize(
    "kind", ["serving-calendar", "recipe-standard", "responsibility-assignment"]
)
def test_a_bureau_speaks_for_no_other_bureau_where_it_names_one(world: World, kind: str) -> None:
    world.grant(day.ADMISSION, "bureau-admission")

    check(world, make(world, kind))
    check(world, make(world, kind, bureau=...))
    code, says = refusal(world, make(world, kind, bureau="bureau:11210300001234567X~admission"))

    assert code == "not-your-subject"
    assert "name the issuer's own in bureau" in says


def test_a_device_speaks_for_its_owner(world: World) -> None:
    check(world, make(world, "weigh-in"))


def test_a_device_does_not_speak_for_another_school(world: World) -> None:
    made = make(world, "weigh-in", school="school:2105020009", canteen="canteen:2105020009~01",
                order=...)  # fmt: skip

    assert refusal(world, made)[0] == "not-your-subject"


def test_a_gateway_speaks_only_for_the_scales_behind_it(world: World) -> None:
    other = "device:bx-0001-scale-9"
    code, says = refusal(world, make(world, "weigh-in", scale=other))
    assert code == "not-your-subject"
    assert other in says

    world.device(other, day.GATEWAY, day.SCHOOL)

    check(world, make(world, "weigh-in", scale=other))


def test_a_device_that_nobody_owns_speaks_for_nobody(world: World) -> None:
    world.grant("gateway:stray", "device")

    code, says = refusal(world, make(world, "weigh-in", issuer="gateway:stray"))

    assert code == "not-your-subject"
    assert "nobody" in says


def test_a_school_speaks_for_its_canteens_and_a_canteen_for_itself(world: World) -> None:
    world.grant(day.CANTEEN, "kitchen")
    world.grant("canteen:2105020009~01", "kitchen")
    by_hand = {"accountable": day.COOK}

    check(world, make(world, "sample-retained", issuer=day.SCHOOL, **by_hand))
    check(world, make(world, "sample-retained", issuer=day.CANTEEN, **by_hand))
    stranger = make(world, "sample-retained", issuer="canteen:2105020009~01", **by_hand)
    assert refusal(world, stranger)[0] == "not-your-subject"


def test_a_supplier_registers_itself(world: World) -> None:
    check(world, make(world, "supplier-registration"))
    other = "supplier:91210500MA0UTC1A0P~depot"
    world.grant(other, "supplier")
    check(world, make(world, "supplier-registration", issuer=other))
    made = make(world, "supplier-registration", uscc="91350100M000100Y43")
    assert refusal(world, made)[0] == "not-your-subject"


# Mandates


def test_another_submitter_needs_a_mandate(world: World) -> None:
    made = make(world, "dispatch", submitter=day.INTEGRATOR)
    code, says = refusal(world, made)
    assert code == "forbidden-type"
    assert "mandate" in says

    world.mandate(day.SUPPLIER, day.INTEGRATOR, "dispatch")

    check(world, made)
    assert refusal(world, made, at=LATER)[0] == "forbidden-type"
    registration = make(world, "supplier-registration", submitter=day.INTEGRATOR)
    assert refusal(world, registration)[0] == "forbidden-type"


def test_a_mandate_is_given_by_its_principal(world: World) -> None:
    check(world, make(world, "mandate"))
    made = make(world, "mandate", issuer=day.BANK)
    assert refusal(world, made)[0] == "not-your-subject"


def test_a_mandate_across_the_wall_is_refused(world: World) -> None:
    world.mandate(day.FUNDS, day.INTEGRATOR, "settlement")

    code, says = refusal(world, make(world, "mandate"))

    assert code == "wall"
    assert "bureau-funds" in says


# Signatures


def test_whoever_has_a_valid_key_signs(world: World) -> None:
    check(world, make(world, "dispatch"))
    world.register(day.SUPPLIER, key("supplier"))

    code, says = refusal(world, make(world, "dispatch"))

    assert code == "signature"
    assert kid(key("supplier")) in says
    check(world, make(world, "dispatch", signer="supplier"))


def test_a_mandate_does_not_replace_the_issuer_s_signature(world: World) -> None:
    world.mandate(day.SUPPLIER, day.INTEGRATOR, "dispatch")
    made = make(world, "dispatch", submitter=day.INTEGRATOR)
    check(world, made)

    world.register(day.SUPPLIER, key("supplier"))

    assert refusal(world, made)[0] == "signature"
    check(world, make(world, "dispatch", submitter=day.INTEGRATOR, signer="supplier"))


def test_only_the_issuer_s_own_valid_key_counts(world: World) -> None:
    world.register(day.BANK, key("bank"))

    assert refusal(world, make(world, "dispatch", signer="stranger"))[0] == "signature"
    assert refusal(world, make(world, "dispatch", signer="bank"))[0] == "signature"


def test_a_signature_over_something_else_does_not_hold(world: World) -> None:
    world.register(day.SUPPLIER, key("supplier"))
    request = copy.deepcopy(dict(catalogue.TYPES["dispatch"].example))
    told = {"submitter": day.SUPPLIER, "ledger": world.log.ledger, "new_seed": bytes(32)}
    ready = draft.signable(request, **told)
    signature = jws.sign(ready.statement + b" ", key("supplier"))

    made = draft.prepare({**ready.request, "signature": signature}, **told)

    assert refusal(world, made)[0] == "signature"


# Governance


@pytest.mark.parametrize(
    "kind",
    [
        "party-registration", "role-grant", "device-registration", "policy", "access-denied",
        "subject-index", "backup-receipt",
    ],
)  # fmt: skip
def test_the_operator_governs_and_nobody_else(world: World, kind: str) -> None:
    changes = {"size": 1} if kind == "subject-index" else {}

    check(world, make(world, kind, issuer=OPERATOR, **changes))
    assert refusal(world, make(world, kind, issuer=day.SUPPLIER, **changes))[0] == "forbidden-type"
    assert refusal(world, make(world, kind, issuer=day.FUNDS, **changes))[0] == "forbidden-type"


def test_a_party_may_be_made_administrator(world: World) -> None:
    world.grant("bureau:11210500001234567Y~it", "admin")

    check(world, make(world, "role-grant", issuer="bureau:11210500001234567Y~it"))
    code, _ = refusal(world, make(world, "subject-index", issuer="bureau:11210500001234567Y~it"))
    assert code == "forbidden-type"


def test_a_role_across_the_wall_is_refused(world: World) -> None:
    made = make(world, "role-grant", issuer=OPERATOR, party=day.SCHOOL, role="bank")

    assert refusal(world, made)[0] == "wall"


def registration(
    world: World, issuer: str, *, signer: str | None = None, new: str = "new"
) -> Draft:
    public = key(new).public_key
    assert world.log.ledger is not None
    message = governance.possession_message(world.log.ledger, day.SUPPLIER, public)
    return make(
        world,
        "key-registration",
        issuer=issuer,
        signer=signer,
        party=day.SUPPLIER,
        jwk=jwk.format(public),
        possession=b64url(key(new).sign(message)),
    )


def test_keys_are_registered_by_an_authority_or_the_operator(world: World) -> None:
    check(world, registration(world, BUREAU, signer="bureau"))
    check(world, registration(world, OPERATOR))
    assert refusal(world, registration(world, day.SUPPLIER))[0] == "forbidden-type"
    assert refusal(world, registration(world, BUREAU))[0] == "signature"


def test_a_key_is_registered_once_and_by_its_own_consent(world: World) -> None:
    made = make(world, "key-registration", issuer=OPERATOR)
    assert refusal(world, made)[0] == "signature"

    world.register(day.SUPPLIER, key("new"))

    assert refusal(world, registration(world, OPERATOR))[0] == "signature"


def test_a_key_is_revoked_by_its_holder_or_an_authority(world: World) -> None:
    world.register(day.SUPPLIER, key("supplier"))
    world.register(day.BANK, key("bank"))
    name = kid(key("supplier"))

    def revoke(issuer: str, signer: str) -> Draft:
        return make(world, "key-revocation", issuer=issuer, signer=signer, kid=name)

    check(world, revoke(day.SUPPLIER, "supplier"))
    check(world, revoke(BUREAU, "bureau"))
    assert refusal(world, revoke(day.BANK, "bank"))[0] == "forbidden-type"
    assert refusal(world, make(world, "key-revocation", issuer=OPERATOR, kid=name))[0] == (
        "forbidden-type"
    )


def test_an_anchor_target_is_named_by_an_authority(world: World) -> None:
    check(world, make(world, "anchor-target", issuer=BUREAU, signer="bureau"))
    assert refusal(world, make(world, "anchor-target", issuer=OPERATOR))[0] == "forbidden-type"


def test_a_subject_index_covers_what_is_before_it(world: World) -> None:
    made = make(world, "subject-index", issuer=OPERATOR, size=world.size + 1)

    assert refusal(world, made)[0] == "schema"


def test_an_auditor_reports_and_does_nothing_else(world: World) -> None:
    world.grant(day.AUDITOR, "auditor")

    check(world, make(world, "audit-report"))
    assert refusal(world, make(world, "audit-report", issuer=OPERATOR))[0] == "forbidden-type"
    posted = [name for name, kind in catalogue.TYPES.items() if "auditor" in kind.posters]
    assert posted == ["audit-report"]

"""The fifteen main types have exactly the fields of EVIDENCE §4, written down here once more."""

from typing import Any

import pytest

from ledger.evidence import catalogue

REQUIRED = {
    "supplier-registration": "uscc legal_name registered_address legal_representative categories "
    "payee_account payee_account_name accountable",
    "certificate": "holder certificate_kind certificate_no number_scheme issuing_authority "
    "issued_on valid_until scope read_by accountable",
    "order": "order_no school canteen supplier ordered_by deliver_from deliver_until lines "
    "line_prices amount_fen accountable",
    "dispatch": "dispatch_no supplier order lines accountable",
    "weigh-in": "school canteen item_code direction gross_g tare_g net_g entry_mode photo_taken_at",
    "acceptance": "acceptance_no school supplier order acceptors lines result accountable",
    "rejection": "rejection_no school supplier order rejectors lines disposal supplier_present "
    "accountable",
    "settlement": "settlement_no payer_account supplier payee_account school period_from "
    "period_until lines line_prices gross_fen net_fen invoices purpose prepared_by approved_by "
    "accountable",
    "meal-payment": "batch_no school business_on channel account payments amount_fen refunds_fen "
    "fees_fen lines_root",
    "account-entry": "account entry_no bank_reference booked_on direction amount_fen "
    "balance_after_fen counterparty_name purpose source",
    "sample-retained": "canteen meal_on meal dish_code dish_name amount_g cabinet slot "
    "container_code retain_until temperature_mC retained_by",
    "morning-check": "canteen staff checked_at identity_method forehead_mC hands symptoms "
    "health_certificate result decided_by",
    "inspection-alert": "canteen camera alert_kind severity first_seen_at confirmed_at "
    "model_sha256 manifest_sha256 score_ppm threshold_ppm frames",
    "work-order": "work_order_no responsible canteen task_kind severity due_at required_evidence "
    "reviewer_role instruction_zh",
    "rectification": "work_order measures done_by photo_taken_at photo_phash accountable",
}
OPTIONAL = {
    "supplier-registration": "contact_name contact_phone",
    "certificate": "valid_from ocr_score_ppm confirmed_by",
    "order": "meals_planned",
    "dispatch": "vehicle_no driver vehicle_temperature_mC",
    "weigh-in": "supplier order order_line_no lot_no photo_phash display_ocr_g attended_by scale "
    "counter calibration division_mg tare_source stable stable_readings protocol raw_frame "
    "clock_state clock_offset_ms accountable",
    "rejection": "reason",
    "settlement": "deductions",
    "meal-payment": "meals_from meals_until",
    "account-entry": "counterparty_account remittance_text",
    "sample-retained": "accountable",
    "morning-check": "identity_score_ppm accountable",
    "inspection-alert": "box_px",
    "work-order": "accountable",
}
DOCUMENTS = {
    "supplier-registration": "uscc",
    "certificate": "holder certificate_kind certificate_no valid_until",
    "order": "order_no school",
    "dispatch": "dispatch_no supplier",
    "weigh-in": "scale counter",
    "acceptance": "acceptance_no school",
    "rejection": "rejection_no school",
    "settlement": "settlement_no",
    "meal-payment": "batch_no account",
    "account-entry": "account bank_reference",
    "sample-retained": "canteen meal_on meal dish_code",
    "morning-check": "canteen staff checked_at",
    "inspection-alert": "camera first_seen_at",
    "work-order": "work_order_no",
    "rectification": "",
}
BLOBS = {
    "supplier-registration": "business-licence",
    "certificate": "scan",
    "order": "",
    "dispatch": "lot-document",
    "weigh-in": "photo*",
    "acceptance": "photo*",
    "rejection": "photo*",
    "settlement": "",
    "meal-payment": "lines",
    "account-entry": "statement",
    "sample-retained": "photo*",
    "morning-check": "back face palm",
    "inspection-alert": "clip frame*",
    "work-order": "",
    "rectification": "photo*",
}
POSTERS = {
    "supplier-registration": "supplier",
    "certificate": "supplier labour school",
    "order": "school",
    "dispatch": "supplier",
    "weigh-in": "device school-acceptance",
    "acceptance": "school-acceptance",
    "rejection": "school-acceptance",
    "settlement": "bureau-funds",
    "meal-payment": "bank",
    "account-entry": "bank bureau-funds",
    "sample-retained": "device kitchen",
    "morning-check": "device school",
    "inspection-alert": "camera",
    "work-order": "engine regulator",
}
LINKS = {
    "certificate": "renews",
    "order": "under",
    "dispatch": "fulfils",
    "weigh-in": "fulfils",
    "acceptance": "accepts",
    "rejection": "rejects",
    "settlement": "settles",
    "account-entry": "pays",
    "sample-retained": "samples",
    "work-order": "opens",
    "rectification": "answers",
}
INTEGERS = ("_g", "_mg", "_fen", "_ppm", "_bp", "_ms", "_mC")
OWN = {"source_ref", "ext"}

the_fifteen = pytest.mark.parametrize("name", sorted(REQUIRED))


@the_fifteen
def test_its_fields_are_those_and_no_others(name: str) -> None:
    schema = catalogue.get(name).json_schema()

    required, optional = set(REQUIRED[name].split()), set(OPTIONAL.get(name, "").split())
    assert set(schema["required"]) == required
    assert schema["properties"].keys() == required | optional | OWN


@the_fifteen
def test_its_document_key_blobs_posters_and_links(name: str) -> None:
    kind = catalogue.get(name)

    assert set(kind.document_key) == set(DOCUMENTS[name].split())
    blobs = {rule.role + "*" * rule.required for rule in kind.blobs}
    assert blobs == set(BLOBS[name].split())
    if name in POSTERS:
        assert kind.posters == set(POSTERS[name].split())
    assert set(kind.links) == set(LINKS.get(name, "").split())


@pytest.mark.parametrize("name", sorted(catalogue.TYPES))
def test_what_ends_in_a_unit_is_an_integer(name: str) -> None:
    for field, schema in _properties(catalogue.get(name).json_schema()):
        if field.endswith(INTEGERS):
            kinds = {part["type"] for part in schema.get("anyOf", [schema])}
            if field == "unit_price_fen":
                assert kinds == {"string"}, "a price is a decimal string"
            else:
                assert kinds <= {"integer", "null"}, field
                assert "integer" in kinds


def _properties(schema: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every property of a schema, nested ones too."""
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(schema, dict):
        found += schema.get("properties", {}).items()
        for part in schema.values():
            found += _properties(part)
    elif isinstance(schema, list):
        for part in schema:
            found += _properties(part)
    return found

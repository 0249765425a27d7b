"""Before the term: who is registered, certified, admitted; prices, calendar, recipes, staff."""

from datetime import date, timedelta

from components.term import world
from components.term.recipes import RECIPES
from components.term.script import Script, clock, moment
from components.term.world import ADMISSION, School, Supplier, World, record_id

CRITERIA = {"criteria_name": "学生餐供应商准入标准", "criteria_version": "2026-1"}


def write(script: Script, cast: World, first: date, last: date) -> None:
    """Everything that stands in the log before the first day."""
    before = first - timedelta(days=14)
    _reference_price(script, cast, first, last)
    for number, supplier in enumerate(cast.suppliers, 1):
        admit(script, cast, supplier, number, before, last)
    for recipe in RECIPES:
        script.say(
            f"recipe {recipe.code}",
            ADMISSION,
            "recipe-standard",
            {
                "bureau": ADMISSION,
                "recipe_code": recipe.code,
                "recipe_version": 1,
                "dish_name": recipe.name,
                "valid_from": str(before),
                "valid_until": str(last + timedelta(days=60)),
                "portions": 100,
                "portion_g": recipe.portion_g,
                "ingredients": [
                    {"item_code": item.code, "item_name": item.name, "quantity": grams * 100,
                     "unit": "g"}
                    for item, grams in recipe.ingredients
                ],
                "oil_mg": 4_000,
                "salt_mg": 900,
                "sugar_mg": 500,
                "energy_kJ": 500,
                "steps": [{"step_no": 1, "step_kind": "stew", "core_min_mC": 75_000, "lasts_s": 900}],
                "contains": [],
                "accountable": cast.officer,
            },
            clock(before, 11),
        )  # fmt: skip
    for school in cast.schools:
        _school(script, cast, school, before, first, last)


def admit(
    script: Script, cast: World, supplier: Supplier, number: int, on: date, last: date
) -> None:
    """A supplier is registered, shows its permit, wins its tender, and is admitted."""
    code = supplier.party.partition(":")[2]
    person = supplier.clerk
    script.say(
        f"registration {code}",
        supplier.party,
        "supplier-registration",
        {
            "uscc": code,
            "legal_name": supplier.name,
            "registered_address": f"辽宁省本溪市示范路 {number} 号",
            "legal_representative": "示例法人",
            "categories": [supplier.category],
            "payee_account": supplier.account,
            "payee_account_name": supplier.name,
            "accountable": person,
        },
        clock(on, 8, number),
        files=["business-licence"],
    )
    certificate = script.say(
        f"permit {code}",
        supplier.party,
        "certificate",
        {
            "holder": supplier.party,
            "certificate_kind": "food-business-permit",
            "certificate_no": world.permit(100 + number),
            "number_scheme": "jy",
            "issuing_authority": "本溪市示范区市场监督管理局",
            "issued_on": str(on - timedelta(days=400)),
            "valid_until": str(last + timedelta(days=400)),
            "scope": ["bulk-food", supplier.category],
            "read_by": "manual",
            "confirmed_by": person,
            "accountable": person,
        },
        clock(on, 8, 20 + number),
        files=["scan"],
    )
    script.say(
        f"review {code}",
        ADMISSION,
        "certificate-review",
        {
            "bureau": ADMISSION,
            "review_no": f"ZS-{number:04}",
            "holder": supplier.party,
            "certificate_kind": "food-business-permit",
            "certificate_no": world.permit(100 + number),
            "register_kind": "food-permit",
            "register_status": "valid",
            "checked_at": moment(clock(on, 9, number)),
            **CRITERIA,
            "decision": "accepted",
            "reviewed_by": cast.officer,
            "accountable": cast.officer,
        },
        clock(on, 9, 5 + number),
        links=[{"rel": "reviews", "id": certificate}],
    )
    tender = _tender(script, cast, supplier, number, on, last)
    prices = [
        {"line_no": place, "price_unit": "kg", "unit_price_fen": str(item.price_fen)}
        for place, item in enumerate(supplier.items, 1)
    ]
    award = script.say(
        f"award {code}",
        ADMISSION,
        "tender-award",
        {
            "bureau": ADMISSION,
            "award_no": f"BX-SC-2026-{number}",
            "tender_no": f"ZB-2026-{number}",
            "package_no": "1",
            "awarded_to": supplier.party,
            "bids": 5,
            "rank": 1,
            "awarded_on": str(on),
            "objections_until": str(on + timedelta(days=7)),
            "term_from": str(on),
            "term_until": str(last + timedelta(days=60)),
            "lines": [
                {"line_no": place, "item_code": item.code, "item_name": item.name}
                for place, item in enumerate(supplier.items, 1)
            ],
            "line_prices": prices,
            "accountable": cast.officer,
        },
        clock(on, 10, number),
        links=[{"rel": "under", "id": tender}],
        files=["notice"],
        media_type="application/pdf",
    )
    script.say(
        f"admission {code}",
        ADMISSION,
        "admission",
        {
            "bureau": ADMISSION,
            "decision_no": f"ZR-{number:04}",
            "supplier": supplier.party,
            "decision": "in-force",
            "categories": [supplier.category],
            "effective_at": moment(clock(on, 10, 30)),
            "term_from": str(on),
            "term_until": str(last + timedelta(days=60)),
            **CRITERIA,
            "accountable": cast.officer,
        },
        clock(on, 10, 30 + number),
        links=[{"rel": "under", "id": award}],
    )


def _tender(
    script: Script, cast: World, supplier: Supplier, number: int, on: date, last: date
) -> str:
    """What the supplier wins was asked for three weeks before; the record's id."""
    published = on - timedelta(days=21)
    return script.say(
        f"tender {supplier.party.partition(':')[2]}",
        ADMISSION,
        "tender",
        {
            "bureau": ADMISSION,
            "tender_no": f"ZB-2026-{number}",
            "title": f"学生餐 {supplier.category} 集中采购",
            "tender_kind": "goods",
            "method": "open",
            "published_at": moment(clock(published, 9, number)),
            "closes_at": moment(clock(on - timedelta(days=1), 9)),
            "opens_at": moment(clock(on - timedelta(days=1), 9, 30)),
            "term_from": str(on),
            "term_until": str(last + timedelta(days=60)),
            "packages": [
                {"package_no": "1", "title": supplier.category, "winners": 1,
                 "categories": [supplier.category], "ceiling_fen": 900_000_000}
            ],
            "ceiling_fen": 900_000_000,
            "accountable": cast.officer,
        },
        clock(published, 9, number),
        files=["notice"],
        media_type="application/pdf",
    )  # fmt: skip


def _reference_price(script: Script, cast: World, first: date, last: date) -> None:
    """What the market asks: a sixth more than is paid, fixed for a month at a time."""
    items = [item for supplier in cast.suppliers for item in supplier.items]
    month = first.replace(day=1)
    while month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        script.say(
            f"reference {month}",
            ADMISSION,
            "reference-price",
            {
                "bureau": ADMISSION,
                "list_no": f"CKJ-{month:%Y-%m}",
                "region": "本溪市平山区",
                "source": "wholesale-market",
                "method": "mean",
                "surveyed_from": str(month - timedelta(days=7)),
                "surveyed_until": str(month - timedelta(days=3)),
                "valid_from": str(month),
                "valid_until": str(following - timedelta(days=1)),
                "lines": [
                    {"line_no": place, "item_code": item.code, "item_name": item.name}
                    for place, item in enumerate(items, 1)
                ],
                "line_prices": [
                    {"line_no": place, "price_unit": "kg",
                     "unit_price_fen": str(item.price_fen * 7 // 6),
                     "lowest_fen": item.price_fen, "highest_fen": item.price_fen * 3 // 2,
                     "quotes": 5}
                    for place, item in enumerate(items, 1)
                ],
                "accountable": cast.officer,
            },
            clock(max(month - timedelta(days=2), first - timedelta(days=15)), 16),
        )  # fmt: skip
        month = following


def _school(script: Script, cast: World, school: School, on: date, first: date, last: date) -> None:
    script.say(
        f"calendar {school.digits}",
        ADMISSION,
        "serving-calendar",
        {
            "bureau": ADMISSION,
            "calendar_no": f"GC-{school.digits}",
            "school": school.party,
            "canteen": school.canteen,
            "term": "2026-2027-1",
            "period_from": str(first),
            "period_until": str(last),
            "weekly": [{"weekday": weekday, "meals": ["lunch"]} for weekday in range(1, 6)],
            "exceptions": [],
            "diners_expected": school.diners,
            "accountable": cast.officer,
        },
        clock(on, 14),
        school=school.party,
    )
    script.say(
        f"calibration {school.digits}",
        school.party,
        "calibration",
        {
            "school": school.party,
            "scale": school.scale,
            "certificate_no": f"JL-{school.digits}",
            "laboratory": "本溪市计量检定所",
            "method": "periodic-verification",
            "calibrated_on": str(on),
            "valid_until": str(on + timedelta(days=364)),
            "capacity_g": 150_000,
            "division_mg": 10_000,
            "accuracy_class": "III",
            "points": [{"applied_g": 0, "shown_g": 0}, {"applied_g": 50_000, "shown_g": 50_000}],
            "result": "pass",
            "accountable": school.head,
        },
        clock(on, 14, 30),
        links=[{"rel": "calibrates", "subject": school.scale}],
        files=["scan"],
        school=school.party,
    )
    for place, person in enumerate(school.staff):
        script.say(
            f"health {school.digits} {place}",
            cast.labour,
            "health-certificate",
            {
                "staff": person.name,
                "employer": cast.labour,
                "certificate_no": f"JK-{school.digits}-{place}",
                "issuing_authority": "本溪市疾病预防控制中心",
                "examined_on": str(on - timedelta(days=20)),
                "issued_on": str(on - timedelta(days=18)),
                "valid_until": str(on + timedelta(days=347)),
                "read_by": "manual",
                "confirmed_by": cast.clerk,
                "accountable": cast.clerk,
            },
            clock(on, 15, place),
            files=["scan"],
            school=school.party,
        )
    for number, supplier in enumerate(cast.suppliers):
        select(script, school, supplier, number, on, last)
    assert school.calibration == record_id(f"calibration {school.digits}")


def select(
    script: Script, school: School, supplier: Supplier, number: int, on: date, last: date
) -> None:
    """A school chooses a supplier out of the pool."""
    script.say(
        f"selection {school.digits} {number}",
        school.party,
        "supplier-selection",
        {
            "selection_no": f"YX-{number}",
            "school": school.party,
            "canteen": school.canteen,
            "supplier": supplier.party,
            "categories": [supplier.category],
            "method": "scoring",
            "candidates": [
                {"supplier": supplier.party, "points": 91},
                {"supplier": f"supplier:{world.credit_code(700 + number)}", "points": 80},
            ],
            "selectors": [
                {"person": person, "confirmed_at": moment(clock(on, 16, 20)), "method": "pin"}
                for person in (school.head, school.storekeeper)
            ],
            "term_from": str(on),
            "term_until": str(last + timedelta(days=60)),
            "accountable": school.head,
        },
        clock(on, 16, 30 + number),
        files=["minutes"],
        media_type="application/pdf",
        school=school.party,
    )

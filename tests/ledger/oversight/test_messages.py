"""Warnings as sentences: what they say, how grave they are, and that they name nobody."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day
from ledger.oversight import messages
from ledger.oversight.messages import Words
from ledger.oversight.messages.words import Both, celsius, plain, stands_for_somebody, yuan

WORDS = Words("Asia/Shanghai", {day.SCHOOL: "第一小学", day.SUPPLIER: "青山肉业"})
PSEUDONYM = "b7kq2mzx4nvc6jw3thp5rdyaeo"
TRADER = f"supplier:{PSEUDONYM}"
CHANGES: dict[str, dict[str, Any]] = {
    "reconciliation": {"paid_fen": 31_676, "unpaid_fen": 1_230, "result": "mismatched"},
    "rectification-review": {"decision": "reopened", "new_due_at": "2026-11-25T02:00:00.000Z"},
    "admission": {
        "decision": "suspended",
        "cause_code": "certificate-lapsed",
        "term_from": ...,
        "term_until": ...,
    },
}


def payload(kind: str, **changes: Any) -> dict[str, Any]:
    """The example's payload in normal form, made into something to warn of."""
    request = copy.deepcopy(dict(TYPES[kind].example))
    for name, value in {**CHANGES.get(kind, {}), **changes}.items():
        if value is ...:
            request["payload"].pop(name, None)
        else:
            request["payload"][name] = value
    draft = prepare(request, submitter=request["issuer"], ledger=bytes(32), new_seed=bytes(32))
    return dict(orjson.loads(draft.payload))


def told(kind: str, **changes: Any) -> messages.Message:
    message = messages.of(kind, payload(kind, **changes), WORDS)
    assert message is not None
    return message


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from texts(member)
    elif isinstance(value, str):
        yield value


def test_a_work_order_that_follows_on_a_late_one_says_so() -> None:
    message = told("work-order", work_order_no="GD-2", ext={"follows": "GD-1"})

    assert message.zh.endswith("，工单 GD-2（工单 GD-1 逾期，升级督办）。")
    assert message.en.endswith(", work order GD-2, escalated since GD-1 is late.")


def test_a_suspicion_of_one_minute_names_it_once() -> None:
    moment = payload("suspicion")["last_at"]
    message = told("suspicion", first_at=moment)

    assert WORDS.at(moment) in message.zh
    assert " 至 " not in message.zh
    assert " to " not in message.en


@pytest.mark.parametrize("kind", messages.KINDS)
def test_every_kind_is_told_in_both_languages(kind: str) -> None:
    message = told(kind)

    assert message.severity in messages.SEVERITIES
    assert re.search(r"[一-鿿].*。$", message.zh), message.zh
    assert re.search(r"^\S.*\.$", message.en), message.en
    for said in (message.zh, message.en):
        assert "None" not in said
        assert "  " not in said
        assert len(said.encode()) < 450
    assert message.title_zh.startswith("【")


@pytest.mark.parametrize("kind", messages.KINDS)
def test_nobody_is_named_and_nothing_that_somebody_wrote_freely_is_repeated(kind: str) -> None:
    free = {"instruction_zh", "reason", "cause", "statement_zh", "reasons_zh", "remark", "measures"}
    written = {
        name for name in free & payload(kind).keys() if (kind, name) != ("credit-entry", "cause")
    }
    marked = dict.fromkeys(written, "李四 13941499871")
    message = told(kind, **marked)
    said = f"{message.zh} {message.en} {message.code}"

    people = [text for text in texts(payload(kind)) if text.startswith(("person:", "account:"))]
    assert not any(name.partition(":")[2] in said for name in people)
    assert "李四" not in said
    assert not re.search(r"[a-z2-7]{26}", said)


@pytest.mark.parametrize("kind", messages.KINDS)
def test_what_is_left_of_an_erased_record_is_told_or_not_at_all(kind: str) -> None:
    whole = payload(kind)
    for name in whole:
        left = {key: value for key, value in whole.items() if key != name}
        message = messages.of(kind, left, WORDS)
        assert message is None or "None" not in message.zh + message.en


def test_other_types_and_what_is_in_order_warn_of_nothing() -> None:
    for kind, changes in (
        ("reconciliation", {"result": "matched", "paid_fen": 32_906, "unpaid_fen": 0}),
        ("rectification-review", {"decision": "closed", "new_due_at": ...}),
        ("credit-entry", {"change_points": 2, "balance_after_points": 98}),
    ):
        assert messages.of(kind, payload(kind, **changes), WORDS) is None
    assert messages.of("order", TYPES["order"].example["payload"], WORDS) is None
    admitted = TYPES["admission"].example["payload"]
    assert messages.of("admission", admitted, WORDS) is None


def test_sentences_say_what_happened_where_and_until_when() -> None:
    assert told("missing-evidence").zh == (
        "第一小学 01 号食堂缺少整改复核记录（工单销号）：工单 GD-2026-0317，应于 2026-11-24 09:15 前入账。"
    )
    assert told("missing-evidence").en == (
        "Canteen 01 of 第一小学 owes a rectification review (closure of work order) for work order "
        "GD-2026-0317; it was due at 2026-11-24 09:15."
    )
    assert told("reconciliation").zh == (
        "第一小学与青山肉业 2026-11-01 至 2026-11-30 对账不符：验收与结算相差 0.00 元，"
        "结算与付款相差 12.30 元。"
    )
    met = told("reconciliation", paid_fen=32_906, unpaid_fen=0)
    assert met.zh.endswith("对账不符：金额相符，数量、价格或单据有差异。")
    assert told("risk-response").zh == "第一小学 01 号食堂自 2026-11-24 00:31 起暂停供餐。"
    assert told("temperature-alarm").en == (
        "The sample cabinet of canteen 01 of 第一小学 (bx-0001-cabinet-1) was above 8.0°C, at the "
        "farthest 10.6°C, from 2026-11-23 13:01 on, and still is."
    )
    assert told("admission").zh.startswith("青山肉业自 ")
    assert "暂停供货资格（证照过期）" in told("admission").zh


@pytest.mark.parametrize(
    ("left", "lead", "severity", "zh"),
    [
        (30, 30, "minor", "还有 30 天"),
        (1, 3, "minor", "还有 1 天"),
        (0, 0, "major", "今日"),
        (-2, 0, "major", "逾期 2 天"),
    ],
)
def test_a_warning_of_expiry_grows_graver_at_the_end(
    left: int, lead: int, severity: str, zh: str
) -> None:
    until = {30: "2027-08-14", 1: "2027-07-16", 0: "2027-07-15", -2: "2027-07-13"}[left]
    message = told("expiry-warning", days_left=left, lead_days=lead, valid_until=until)

    assert (message.severity, zh in message.zh) == (severity, True)


@pytest.mark.parametrize(
    ("whose", "zh"),
    [
        ({"holder": day.SUPPLIER, "staff": ...}, "青山肉业的"),
        ({"scale": day.SCALE, "staff": ...}, "电子秤 bx-0001-scale-1的"),
        ({}, "一名从业人员的"),
        ({"holder": TRADER, "staff": ...}, "个体工商户的"),
    ],
)
def test_whose_certificate_it_is_never_names_a_person(whose: dict[str, Any], zh: str) -> None:
    assert told("expiry-warning", **whose).zh.startswith(zh)


@pytest.mark.parametrize(
    ("expected_for", "zh", "en"),
    [
        ("dish:2105020001~01~2026-11-23~lunch~D-7", "2026-11-23 午餐 菜品 D-7",
         "lunch of 2026-11-23, dish D-7"),
        ("meal:2105020001~01~2026-11-23~lunch", "2026-11-23 午餐", "lunch of 2026-11-23"),
        ("order:2105020001~A-17", "订单 A-17", "order A-17"),
        ("delivery:91210500MA0UTC1A0P~h-0011223344556677", "送货单", "delivery"),
        (f"person:{PSEUDONYM}", "", ""),
        (f"person:{PSEUDONYM}~2026-11-23", "2026-11-23", "2026-11-23"),
        (f"2026-11-23 person:{PSEUDONYM}", "2026-11-23", "2026-11-23"),
        ("2026-11-23", "2026-11-23", "2026-11-23"),
        (day.CANTEEN, "第一小学 01 号食堂", "canteen 01 of 第一小学"),
        ("order:2105020001~A-17#2", "订单 A-17 第 2 行", "order A-17, line 2"),
        (f"{day.CANTEEN} daily-control 2026-11-23", "第一小学 01 号食堂 日管控 2026-11-23",
         "canteen 01 of 第一小学 daily control 2026-11-23"),
        (f"{day.CAMERA} 2026-11-23T01:14:00.000Z", "摄像头 bx-0001-kitchen-1 2026-11-23 09:14",
         "camera bx-0001-kitchen-1 2026-11-23 09:14"),
        ("week 47 [see](http://evil.example)", "week 47 see http evil example",
         "week 47 see http evil example"),
    ],
)  # fmt: skip
def test_what_evidence_is_missing_for(expected_for: str, zh: str, en: str) -> None:
    assert WORDS.about(expected_for) == Both(zh, en)
    message = told("missing-evidence", expected_for=expected_for)
    assert PSEUDONYM not in message.zh + message.en


def test_missing_evidence_of_what_meals_rest_on_is_major() -> None:
    graver = told("missing-evidence", obligation_kind="sample-of-dish").severity
    lesser = told("missing-evidence", obligation_kind="menu-of-day").severity

    assert (graver, lesser) == ("major", "minor")
    assert told("missing-evidence", obligation_kind="of-a-later-version").severity == "minor"


def test_a_recall_names_goods_and_lots_and_no_markup_of_whoever_wrote_it() -> None:
    item = "猪腿<@all> [点此](http://evil.example) **" + "长" * 60
    message = told("recall", item_name=item, lots=[f"P-{number}" for number in range(1, 8)])

    assert "P-1、P-2、P-3 等 7 个" in message.zh
    assert not re.search(r"[<>@\[\]*/]", message.zh)
    assert "长" * 30 not in message.zh
    closed = told(
        "recall", stage="closed", notice_no=2, distributed_quantity=9, recovered_quantity=9
    )
    assert (closed.severity, "召回结束" in closed.zh) == ("minor", True)


def test_an_inspection_is_as_grave_as_the_worst_that_failed() -> None:
    items = [
        {"item_code": code, "result": "fail", "severity": severity}
        for code, severity in (
            ("storage", "minor"), ("samples", "critical"), ("labels", "major"), ("hygiene", "minor"),
            ("additives", "minor"), ("ventilation", "minor"),
        )
    ]  # fmt: skip
    message = told("official-inspection", items=items, conclusion="fail", rectify_by=...)

    assert message.severity == "critical"
    assert message.zh.endswith("不合格：储存、留样、标签标识、环境卫生、食品添加剂等。")


def test_a_joint_case_names_the_offices() -> None:
    message = told(
        "risk-response",
        severity="critical",
        response="joint",
        agencies=["market-regulator", "education-bureau"],
    )

    assert "由市场监管部门、教育局联合处置，并暂停供餐" in message.zh


def test_numbers_are_told_without_fractions_of_a_machine() -> None:
    assert [yuan(fen) for fen in (0, 5, -5, 123_456, -100)] == [
        "0.00", "0.05", "-0.05", "1234.56", "-1.00",
    ]  # fmt: skip
    assert [celsius(m) for m in (8_000, -18_049, -18_050, 49, -49, 10_650)] == [
        "8.0", "-18.0", "-18.1", "0.0", "0.0", "10.7",
    ]  # fmt: skip
    assert plain("  a\u202eb\x00c\n<d> ") == "a b c d"


def test_random_names_are_known_wherever_they_stand() -> None:
    for name in (f"person:{PSEUDONYM}", f"account:{PSEUDONYM}", TRADER, f"lot:{PSEUDONYM}~pork~1"):
        assert stands_for_somebody(name), name
    for name in (day.SCHOOL, day.SUPPLIER, day.ORDER, f"record:{day.record(1)}"):
        assert not stands_for_somebody(name), name


def test_severities_are_ordered() -> None:
    assert messages.at_least("critical", "major")
    assert messages.at_least("major", "major")
    assert not messages.at_least("minor", "major")

"""Lines of a page made into a reading: what stands where, and what a person must confirm."""

from typing import Any

import pytest
from components.checked_sink import GATEWAY

from devices.camera.ocr import Line
from devices.client.outgoing import make
from devices.client.trust import TrustedLog
from devices.intake import dates, layout
from devices.intake.papers import PAPERS
from devices.intake.reading import DOUBTS, Reading, kind_of, read
from devices.intake.record import Said, evidence
from ledger.errors import MalformedError, RefusedError

pytestmark = pytest.mark.devices

HOLDER = "supplier:91210500MA0UTC1A0P"
PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"
SCAN = (b"\xff\xd8\xff scan", "image/jpeg")
PERMIT = [
    "食品经营许可证",
    "经营者名称：本溪示范粮油有限公司",
    "社会信用代码：91210500MA0UTC1A0P",
    "许可证编号：JY12105020012349",
    "发证机关：本溪市平山区市场监督管理局",
    "签发日期：2024年03月12日",
    "有效期至：2029年03月11日",
]
HEALTH = [
    "健康证",
    "姓名：张三",
    "证号：JK-2105-2026-00381",
    "体检日期：2026-08-12",
    "发证日期：2026-08-15",
    "有效期至：2027-08-14",
    "发证单位：本溪市疾病预防控制中心",
]


def lines(texts: list[str], score: float = 0.99) -> list[Line]:
    return [Line(text, score, 100, 100 + 60 * n, 400, 40) for n, text in enumerate(texts)]


def changed(texts: list[str], old: str, new: str) -> list[str]:
    assert any(old in text for text in texts)
    return [text.replace(old, new) for text in texts]


def doubts(reading: Reading) -> dict[str, tuple[str, ...]]:
    return {field.name: field.doubts for field in reading.doubtful}


def test_a_permit_is_read_and_nothing_is_in_doubt() -> None:
    reading = read(lines(PERMIT), credit_code="91210500MA0UTC1A0P")

    assert reading.paper.kind == "food-business-permit"
    assert doubts(reading) == {}
    assert {name: reading.value(name) for name in reading.fields} == {
        "certificate_no": "JY12105020012349",
        "credit_code": "91210500MA0UTC1A0P",
        "name": "本溪示范粮油有限公司",
        "issuing_authority": "本溪市平山区市场监督管理局",
        "issued_on": "2024-03-12",
        "valid_until": "2029-03-11",
    }


@pytest.mark.parametrize(
    ("old", "new", "field", "doubt"),
    [
        ("JY12105020012349", "JY12105020012348", "certificate_no", "check-digit"),
        ("JY12105020012349", "IV12105020012349", "certificate_no", "check-digit"),
        ("91210500MA0UTC1A0P", "91210500MA0VTC1A0P", "credit_code", "check-digit"),
        ("许可证编号：JY12105020012349", "住所：", "certificate_no", "missing"),
        ("2029年03月11日", "2029年02月30日", "valid_until", "no-date"),
        ("2029年03月11日", "2024年03月11日", "valid_until", "order"),
        ("2029年03月11日", "2034年03月11日", "valid_until", "too-long"),
        ("2029年03月11日", "长期", "valid_until", "no-date"),
        ("发证机关：本溪市平山区市场监督管理局", "", "issuing_authority", "missing"),
    ],
)
def test_what_is_wrong_by_itself_or_with_another_field_is_in_doubt(
    old: str, new: str, field: str, doubt: str
) -> None:
    assert doubt in doubts(read(lines(changed(PERMIT, old, new))))[field]
    assert doubt in DOUBTS


def test_another_companys_paper_is_in_doubt() -> None:
    reading = read(lines(PERMIT), credit_code="91350100M000100Y43")

    assert doubts(reading) == {"credit_code": ("other-holder",)}


def test_below_the_floor_everything_is_in_doubt_and_at_it_nothing() -> None:
    assert set(doubts(read(lines(PERMIT, 0.8999)))) == set(read(lines(PERMIT)).fields)
    assert doubts(read(lines(PERMIT, 0.9001))) == {}
    assert doubts(read(lines(PERMIT, 0.8999), floor_ppm=899_000)) == {}


def test_an_open_ended_business_licence_has_no_last_day() -> None:
    reading = read(
        lines(
            [
                "营业执照",
                "统一社会信用代码 91210500MA0UTC1A0P",
                "名称 本溪示范粮油有限公司",
                "营业期限 2015年06月01日至长期",
                "登记机关 本溪市市场监督管理局",
                "核准日期 2023年05月08日",
            ]
        )
    )
    made = evidence(
        reading,
        Said(PERSON, holder=HOLDER, scope=["bulk-food"]),
        SCAN,
        read_with="reader",
        occurred_at="2026-11-23T04:00:00Z",
    )

    assert doubts(reading) == {}
    assert reading.value("valid_until") == dates.OPEN_ENDED
    assert made.payload["valid_until"] is None


def test_a_page_that_says_not_what_it_is_needs_to_be_told() -> None:
    with pytest.raises(MalformedError):
        read(lines(PERMIT[1:]))
    assert read(lines(PERMIT[1:]), kind="food-business-permit").value("issued_on") == "2024-03-12"
    with pytest.raises(MalformedError):
        read(lines(PERMIT), kind="passport")
    assert kind_of(lines(["食品生产许可证"])) == "food-production-permit"
    assert {one.type for one in PAPERS} == {"certificate", "health-certificate"}


def test_a_value_stands_behind_its_label_to_the_right_of_it_or_below() -> None:
    right = [Line("发证机关", 0.99, 100, 100, 120, 40), Line("市监局", 0.95, 300, 105, 200, 40)]
    below = [Line("发证机关", 0.99, 100, 100, 120, 40), Line("市监局", 0.95, 100, 160, 200, 40)]
    far = [Line("发证机关", 0.99, 100, 100, 120, 40), Line("市监局", 0.95, 100, 400, 200, 40)]

    for page in (right, below):
        found = layout.beside(page, ["发证机关"])
        assert found is not None
        assert (found.text, found.score_ppm) == ("市监局", 950_000)
    assert layout.beside(far, ["发证机关"]) is None
    assert layout.beside(lines(["许可证编号：1"]), ["编号"]) is None
    wide = layout.beside(lines(["证号：ＪＹ１ ２"]), ["证号"])
    assert wide is not None
    assert wide.text == "JY12"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024年03月12日", ["2024-03-12"]),
        ("2024 年 3 月 12 日", ["2024-03-12"]),
        ("2024-3-12", ["2024-03-12"]),
        ("2024.03.12", ["2024-03-12"]),
        ("2024/03/12至2029/03/11", ["2024-03-12", "2029-03-11"]),
        ("2024年02月30日", []),
        ("20240312", []),
        ("12024-03-12", []),
        ("2024-03-123", []),
        ("二〇二四年三月十二日", []),
    ],
)
def test_dates_are_read_as_printed_and_days_that_do_not_exist_are_none(
    text: str, found: list[str]
) -> None:
    assert list(dates.dates(text)) == found


def test_a_person_confirms_a_reading_or_types_what_stands_on_the_paper() -> None:
    reading = read(lines(changed(PERMIT, "JY12105020012349", "JY12105020012348")))
    with pytest.raises(MalformedError):
        reading.confirmed("certificate_no")
    with pytest.raises(MalformedError):
        reading.confirmed("certificate_no", "JY12105020012347")

    after = reading.confirmed("certificate_no", "JY12105020012349")
    assert after.doubtful == []
    assert after.fields["certificate_no"].typed
    unsure = read(lines(PERMIT, 0.7)).confirmed("issued_on")
    assert not unsure.fields["issued_on"].typed


def post(reading: Reading, said: Said) -> dict[str, object]:
    """The payload, if the service would take it."""
    made = evidence(reading, said, SCAN, read_with="rapidocr 3", occurred_at="2026-11-23T04:00:00Z")
    log = TrustedLog(b"", "", "a log", bytes(32), ())
    party = said.holder or said.employer or GATEWAY
    make(made, [], log, id="01a206fd-6778-7a62-a7b8-000000000011", party=party, seed=bytes(32))
    return dict(made.payload)


def test_a_sure_reading_becomes_a_record_that_nobody_confirmed() -> None:
    payload = post(read(lines(PERMIT)), Said(PERSON, holder=HOLDER, scope=["bulk-food"]))

    assert payload["read_by"] == "ocr"
    assert payload["ocr_score_ppm"] == 990_000
    assert "confirmed_by" not in payload
    assert payload["ext"] == {
        "read_with": "rapidocr 3",
        "read_ppm": dict.fromkeys(
            ["certificate_no", "issuing_authority", "issued_on", "valid_until"], 990_000
        ),
    }


def test_what_a_person_typed_is_manual_and_names_the_person() -> None:
    reading = read(lines(changed(PERMIT, "JY12105020012349", "JY12105020012348")))
    after = reading.confirmed("certificate_no", "JY12105020012349")
    said = Said(PERSON, holder=HOLDER, scope=["bulk-food"])

    with pytest.raises(MalformedError, match="confirm"):
        post(reading, said)
    with pytest.raises(MalformedError, match="confirmed_by"):
        post(after, said)
    payload = post(after, Said(PERSON, holder=HOLDER, scope=["meat"], confirmed_by=PERSON))
    assert payload["read_by"] == "manual"
    assert payload["confirmed_by"] == PERSON
    ext: Any = payload["ext"]
    assert ext["typed"] == ext["confirmed"] == ["certificate_no"]
    assert ext["typed_over"] == {"certificate_no": "JY12105020012348"}


def test_a_doubt_that_a_person_took_away_stays_on_the_record() -> None:
    """Of another firm's paper for instance: whoever confirmed it answers for it, and it shows."""
    reading = read(lines(PERMIT), credit_code="91210500MA0P7C4K8D").confirmed("credit_code")
    said = Said(PERSON, holder=HOLDER, scope=["meat"], confirmed_by=PERSON)
    ext: Any = post(reading, said)["ext"]

    assert ext["doubts_cleared"] == {"credit_code": ["other-holder"]}
    assert "91210500MA0UTC1A0P" not in str(ext)


def test_what_was_read_stays_what_was_read_however_often_it_is_typed_over() -> None:
    reading = read(lines(changed(PERMIT, "JY12105020012349", "JY12105020012348")))
    first = reading.confirmed("certificate_no", "JY12105020012349")
    again = first.confirmed("certificate_no", "JY12105020012349").confirmed("issued_on")

    assert again.fields["certificate_no"].read == "JY12105020012348"
    assert again.fields["certificate_no"].typed
    said = Said(PERSON, holder=HOLDER, scope=["meat"], confirmed_by=PERSON)
    ext: Any = post(again, said)["ext"]
    assert ext["confirmed"] == ["certificate_no", "issued_on"]


def test_what_was_misread_of_a_health_certificate_stays_off_the_record() -> None:
    reading = read(lines(HEALTH)).confirmed("certificate_no", "JK-2105-2026-00382")
    said = Said(PERSON, staff=PERSON, employer="labour:91210500MA0P7C4K8D", confirmed_by=PERSON)
    ext: Any = post(reading, said)["ext"]

    assert ext["typed"] == ["certificate_no"]
    assert "00381" not in str(ext)


def test_a_health_certificate_names_nobody() -> None:
    said = Said(PERSON, staff=PERSON, employer="labour:91210500MA0P7C4K8D")
    payload = post(read(lines(HEALTH)), said)

    assert payload["examined_on"] == "2026-08-12"
    assert payload["certificate_no"] == "JK-2105-2026-00381"
    assert "张三" not in str(payload)
    assert "JK" not in str(payload["ext"])


def test_what_the_paper_does_not_say_must_be_said() -> None:
    for said in (Said(PERSON), Said(PERSON, holder=HOLDER), Said(PERSON, scope=["meat"])):
        with pytest.raises(MalformedError):
            post(read(lines(PERMIT)), said)
    with pytest.raises(MalformedError):
        post(read(lines(HEALTH)), Said(PERSON, staff=PERSON))
    with pytest.raises(RefusedError):
        post(read(lines(PERMIT)), Said("person:x", holder=HOLDER, scope=["meat"]))

"""The words that messages are made of, each in Chinese and in English: parties, places, days, sums.

Nothing here can name a person. A pseudonym becomes what it stands for in general (个体工商户, a sole
trader), and of a text that somebody wrote only letters, digits and spaces are left: no address, no
mention and no markup of a chat can be smuggled into a message by whoever posted the record.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from ledger import subject, timestamp
from ledger.evidence.subjects import school_of, value
from ledger.evidence.values import in_chinese

_LONGEST: Final = 40
"""Characters of a name that go into a sentence."""

_PSEUDONYM: Final = re.compile(r"[a-z2-7]{26}", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_WORDS: Final = 8
"""Words that are told of what a record is missing for."""

_PEOPLE: Final = frozenset({"person", "account"})

_PARTIES_ZH: Final = {
    "supplier": "供应商", "labour": "劳务公司", "school": "学校", "bureau": "教育局", "bank": "银行",
    "regulator": "监管部门", "auditor": "审计方", "integrator": "集成商", "operator": "运营方",
    "device": "设备", "gateway": "网关", "camera": "摄像头",
}  # fmt: skip
_DOCUMENTS: Final = {
    "order": ("订单", "order"), "delivery": ("送货单", "delivery"), "lot": ("批次", "lot"),
    "work-order": ("工单", "work order"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Both:
    """The same words in Chinese and in English."""

    zh: str
    en: str


NOTHING: Final = Both("", "")


@dataclass(frozen=True, slots=True)
class Words:
    """What the log knows that sentences need.

    Attributes:
        zone: the log's time zone, an IANA name.
        names: registered parties and their names; None or missing where there is none.
    """

    zone: str
    names: Mapping[str, str | None]

    def party(self, name: str) -> Both:
        """A party, by its registered name if it has one."""
        kind, known = subject.kind(name), self.names.get(name)
        if stands_for_somebody(name):
            return NOTHING if kind in _PEOPLE else Both("个体工商户", "a sole trader")
        if known is not None:
            return Both(plain(known), plain(known))
        return Both(f"{_PARTIES_ZH.get(kind, kind)} {value(name)}", f"{kind} {value(name)}")

    def canteen(self, name: str) -> Both:
        """A canteen, by its school's name and its number."""
        school = self.party(school_of(name))
        number = value(name).partition("~")[2]
        return Both(f"{school.zh} {number} 号食堂", f"canteen {number} of {school.en}")

    def place(self, payload: Mapping[str, Any]) -> Both:
        """Where, or whose: the canteen if the payload names one, else the school or who answers."""
        if payload.get("canteen"):
            return self.canteen(payload["canteen"])
        return self.party(payload.get("responsible") or payload["school"])

    def responsible(self, payload: Mapping[str, Any]) -> Both:
        """Who answers for it, and the canteen it is about."""
        who, canteen = payload["responsible"], payload.get("canteen")
        if canteen is None:
            return self.party(who)
        place = self.canteen(canteen)
        if who in (canteen, school_of(canteen)):
            return place
        party = self.party(who)
        return Both(f"{party.zh}（{place.zh}）", f"{party.en} ({place.en})")

    def at(self, time: str) -> str:
        """A time in normal form, to the minute, in the log's zone."""
        moment = datetime.fromtimestamp(timestamp.parse(time) / 1000, UTC)
        return moment.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M")

    def about(self, text: str) -> Both:
        """What a record is missing for: a dish, a document, a day; nobody, where it is a person.

        A text of several words is told word by word: `canteen:… daily-control 2026-11-23`.
        """
        if any(f"{kind}:" in text for kind in _PEOPLE) or _PSEUDONYM.search(text):
            # A guess that is wrong leaves out a number; one that is not made names somebody.
            day = _DAY.search(text)
            return NOTHING if day is None else Both(day[0], day[0])
        told = [self._word(word) for word in text.split()[:_WORDS]]
        return Both(" ".join(one.zh for one in told), " ".join(one.en for one in told))

    def _word(self, word: str) -> Both:
        name, _, line = word.partition("#")
        if subject.SUBJECT.fullmatch(name):
            whole = self._subject(name)
            if not line:
                return whole
            return Both(f"{whole.zh} 第 {plain(line)} 行", f"{whole.en}, line {plain(line)}")
        if _TIME.fullmatch(word):
            return Both(self.at(word), self.at(word))
        if _DAY.fullmatch(word):
            return Both(word, word)
        if _CODE.fullmatch(word):
            return code("level", word)
        return Both(plain(word), plain(word))

    def _subject(self, name: str) -> Both:
        """A meal, a dish or a document by its number, a canteen or a party by its name."""
        kind, parts = subject.kind(name), value(name).split("~")
        if kind in ("meal", "dish") and len(parts) >= 4:
            meal, dish = code("meal", parts[3]), plain(" ".join(parts[4:]))
            return Both(
                f"{parts[2]} {meal.zh}" + (f" 菜品 {dish}" if dish else ""),
                f"{meal.en} of {parts[2]}" + (f", dish {dish}" if dish else ""),
            )
        if kind in _DOCUMENTS:
            zh, en = _DOCUMENTS[kind]
            number = "" if parts[-1].startswith("h-") else f" {plain(parts[-1])}"
            return Both(zh + number, en + number)
        return self.canteen(name) if kind == "canteen" else self.party(name)


def stands_for_somebody(name: str) -> bool:
    """Whether a subject is, or contains, a random name: of a person, an account, a sole trader."""
    return subject.kind(name) in _PEOPLE or any(
        _PSEUDONYM.fullmatch(part) for part in value(name).split("~")
    )


def code(field: str, value: str) -> Both:
    """A coded value of a field, by its Chinese name if it has one."""
    words = value.replace("-", " ")
    return Both(in_chinese(field, [value]).get(value, words), words)


def codes(field: str, values: list[str]) -> Both:
    """Several coded values."""
    found = [code(field, value) for value in values]
    return Both("、".join(one.zh for one in found), ", ".join(one.en for one in found))


def plain(text: str) -> str:
    """A name as far as it is letters, digits, spaces and strokes, at most forty characters of it."""
    kept = "".join(
        sign if unicodedata.category(sign)[0] in "LMN" or sign in "-·" else " " for sign in text
    )
    short = " ".join(kept.split())
    return short if len(short) <= _LONGEST else short[: _LONGEST - 1] + "…"


def yuan(fen: int) -> str:
    """A sum in yuan."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def celsius(thousandths: int) -> str:
    """A temperature in degrees Celsius, to a tenth, halves away from zero."""
    tenths = (abs(thousandths) + 50) // 100
    return f"{'-' if thousandths < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


def percent(ppm: int) -> str:
    """Millionths as whole percent, cut."""
    return f"{ppm // 10_000}%"

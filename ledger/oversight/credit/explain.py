"""A score explained to a layman, in both languages: start, every movement, sums by factor.

Made of the rows alone: `score` and `movement` of the family. What it says can be checked, entry by
entry, against the log: sums by factor come to the balance less the start.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ledger.evidence import values
from ledger.oversight.credit import rules
from ledger.oversight.family import Row

Facts = Mapping[str, Any]
Words = tuple[str, str]
"""English, Chinese."""

FACTORS: Final[Mapping[str, Words]] = {
    "delivered": ("deliveries on time and in full", "按时足量履约"),
    "punctuality": ("punctuality", "准时"),
    "in-full": ("deliveries in full", "足量"),
    "quality": ("quality of the goods", "食材质量"),
    "documents": ("certificates and papers", "证照与票证"),
    "price": ("prices", "价格"),
    "rectification": ("putting things right", "整改"),
    "evaluations": ("what schools say", "学校评价"),
    "credit": ("score of the account", "信用分"),
}
"""What factors are called."""


def explain(score: Row, movements: Iterable[Row]) -> dict[str, Any]:
    """The account in words: a JSON value.

    Args:
        score: the account's row.
        movements: its movements, in the order of their numbers.
    """
    said = detail_of(score)
    english, chinese = _summary(said, score.status.upper())
    return {
        "start_points": said["start_points"],
        "balance_points": said["balance_points"],
        "grade": score.status,
        "summary_en": english,
        "summary_zh": chinese,
        "factors": [
            {
                "factor": name,
                "factor_en": FACTORS[name][0],
                "factor_zh": FACTORS[name][1],
                "points": points,
            }
            for name, points in sorted(said["sums"].items())
        ],
        "movements": [movement(row) for row in movements],
    }


def detail_of(row: Row) -> Mapping[str, Any]:
    """What a row says; nothing where it was removed."""
    detail: Any = row.detail
    return detail or {}


def movement(row: Row) -> dict[str, Any]:
    """One movement with its sentence."""
    said = detail_of(row)
    english, chinese = sentence(said["entry_kind"], said["facts"], said["change_points"])
    status = _left(said) if row.status == "in-force" else _STATUS[row.status]
    return {
        **said,
        "effective_on": row.day,
        "status": row.status,
        "sentence_en": english + status[0],
        "sentence_zh": chinese + status[1],
    }


def _left(said: Facts) -> Words:
    """What still counts of a movement in force, where a ruling or time left less of it."""
    counts = said.get("counts_points", said["change_points"])
    if counts == said["change_points"]:
        return _STATUS["in-force"]
    points = _signed(counts)
    return f" Of it {points} still counts.", f"（现计 {points} 分）"


def _signed(points: int) -> str:
    return f"{points:+d}".replace("-", "−")


def sentence(kind: str, facts: Facts, change: int) -> Words:
    """What moved the score, by how much."""
    english, chinese = _SENTENCES[kind](facts)
    moved = _signed(change)
    return f"{english[0].upper()}{english[1:]}: {moved}.", f"{chinese}：{moved} 分。"


_STATUS: Final[Mapping[str, Words]] = {
    "in-force": ("", ""),
    "expired": (" It does not count any more.", "（已到期失效）"),
    "disputed": (" The supplier disputes it.", "（供应商已提出异议）"),
    "reversed": (" It was taken back.", "（已冲回）"),
}


def untouched(supplier: str, policy: Mapping[str, Any]) -> Row:
    """The account of a supplier that nothing was recorded of: it has the points that all begin with."""
    start = policy["start_points"]
    said = {"start_points": start, "balance_points": start, "entries": 0, "sums": {}}
    grade = rules.grade_of(policy, start)
    return Row(rules.NAME, f"score {supplier}", supplier, "", "score", grade, said)


def _summary(said: Facts, grade: str) -> Words:
    start, balance, moved = said["start_points"], said["balance_points"], said["entries"]
    if moved == 0:
        return (
            f"The account began with {start} points, and nothing has moved it yet: grade {grade}.",
            f"起始 {start} 分，尚无变动，等级 {grade}。",
        )
    english, chinese = _brought(balance - start)
    movements = "1 movement" if moved == 1 else f"{moved} movements"
    return (
        (
            f"The account began with {start} points; {movements} {english}, "
            f"so it stands at {balance}: grade {grade}."
        ),
        f"起始 {start} 分，共 {moved} 笔变动，{chinese}，现为 {balance} 分，等级 {grade}。",
    )


def _brought(points: int) -> Words:
    if points == 0:
        return "came to nothing in all", "合计不变"
    if points < 0:
        return f"cost {-points} in all", f"合计扣 {-points} 分"
    return f"brought {points} in all", f"合计加 {points} 分"


def _in_chinese(field: str, code: str) -> str:
    return values.in_chinese(field, [code]).get(code, code)


def _in_english(code: str) -> str:
    return code.replace("-", " ")


def _no(subject: str) -> str:
    """The number by which people know an order or a work order."""
    return subject.partition(":")[2].rpartition("~")[2]


def _delivered(facts: Facts) -> Words:
    number = facts["deliveries"]
    return (
        f"another {number} deliveries came on time and in full",
        f"累计 {number} 次按时足量送货",
    )


def _late(facts: Facts) -> Words:
    minutes = -(-facts["late_s"] // 60)
    return (
        f"goods of order {_no(facts['order'])} came {minutes} minutes after the time agreed",
        f"订单 {_no(facts['order'])} 的货物比约定时间晚到 {minutes} 分钟",
    )


def _short(facts: Facts) -> Words:
    order, line = _no(facts["order"]), facts["line_no"]
    came, ordered = facts["came"], facts["ordered"]
    unit = facts["unit"]
    return (
        f"of line {line} of order {order} came {came} of {ordered} {unit}",
        f"订单 {order} 第 {line} 行订购 {ordered} {_in_chinese('unit', unit)}，实到 {came}",
    )


def _undelivered(facts: Facts) -> Words:
    order = _no(facts["order"])
    return (
        f"order {order} was taken on, and nobody recorded a delivery",
        f"订单 {order} 已接单，但没有任何送货记录",
    )


def _rejected(facts: Facts) -> Words:
    order, reason = _no(facts["order"]), facts["reason_code"]
    return (
        f"goods of order {order} were refused on the spot ({_in_english(reason)})",
        f"订单 {order} 的货物被现场拒收（{_in_chinese('reason_code', reason)}）",
    )


def _missing(facts: Facts) -> Words:
    about = facts["expected_for"]
    return (
        f"papers for {about} never came ({_in_english(facts['expected_type'])})",
        f"{about} 的票证逾期未提交",
    )


def _lapsed(facts: Facts) -> Words:
    kind = facts["certificate_kind"]
    return (
        f"a certificate has lapsed ({_in_english(kind)})",
        f"证照已过期（{_in_chinese('certificate_kind', kind)}）",
    )


def _suspicion(facts: Facts) -> Words:
    kind = facts["suspicion_kind"]
    return (
        f"a finding speaks against the supplier ({_in_english(kind)})",
        f"存在对供应商不利的疑点（{_in_chinese('suspicion_kind', kind)}）",
    )


def _inspection(facts: Facts) -> Words:
    conclusion = facts["conclusion"]
    return (
        f"an official inspection of the supplier ended with “{conclusion}”",
        f"监督检查结论为“{_in_chinese('conclusion', conclusion)}”",
    )


def _recall(facts: Facts) -> Words:
    number, hazard = facts["recall_no"], facts["hazard_class"]
    return (
        f"an authority had goods recalled ({number}, {hazard})",
        f"监管部门责令召回（{number}，{_in_chinese('hazard_class', hazard)}）",
    )


def _price(facts: Facts) -> Words:
    order, above = _no(facts["order"]), facts["above_bp"]
    percent = f"{above // 100}.{above % 100:02} %"
    return (
        f"order {order} was priced {percent} above the reference price",
        f"订单 {order} 的价格高于参考价 {percent}",
    )


def _rectified(facts: Facts) -> Words:
    number = _no(facts["work_order"])
    return (
        f"work order {number} was answered in time and closed",
        f"工单 {number} 按期整改并销号",
    )


def _overdue(facts: Facts) -> Words:
    number = _no(facts["work_order"])
    return (
        f"work order {number} was not answered by its deadline",
        f"工单 {number} 逾期未整改",
    )


def _evaluation(facts: Facts) -> Words:
    points, most = facts["points"], facts["points_most"]
    return (
        f"the evaluation by {facts['school']} gave {points} of {most} points",
        f"{facts['school']} 评价 {points}/{most} 分",
    )


def _ruling(facts: Facts) -> Words:
    number, decision = facts["of_entry"], facts.get("decision", "upheld")
    return (
        f"a ruling about movement {number} ({_in_english(decision)})",
        f"关于第 {number} 笔变动的裁定（异议{_in_chinese('decision', decision)}）",
    )


def _withdrawn(facts: Facts) -> Words:
    number = facts["of_entry"]
    return (
        f"what movement {number} rested on was corrected or withdrawn",
        f"第 {number} 笔变动的依据已被更正或撤回",
    )


def _expired(facts: Facts) -> Words:
    number, days = facts["of_entry"], facts["days"]
    if facts["mode"] == "halve":
        return (
            f"half of what was left of movement {number} passed after {days} days",
            f"第 {number} 笔变动满 {days} 天，剩余部分减半",
        )
    return (
        f"movement {number} passed after {days} days",
        f"第 {number} 笔变动满 {days} 天，到期失效",
    )


_SENTENCES: Final[Mapping[str, Callable[[Facts], Words]]] = {
    "delivered": _delivered,
    "late": _late,
    "short-weight": _short,
    "undelivered": _undelivered,
    "rejected": _rejected,
    "document-missing": _missing,
    "certificate-lapsed": _lapsed,
    "suspicion": _suspicion,
    "inspection": _inspection,
    "recall": _recall,
    "price": _price,
    "rectified": _rectified,
    "rectification-late": _overdue,
    "evaluation": _evaluation,
    "ruling": _ruling,
    "withdrawn": _withdrawn,
    "expired": _expired,
}

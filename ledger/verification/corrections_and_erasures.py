"""Check `corrections-and-erasures`: what happened to the record after it was logged."""

from collections.abc import Iterable

from ledger import canonical
from ledger.verdict import Check, State
from ledger.verification.about import about, erasures, fault
from ledger.verification.case import Case
from ledger.verification.reasons import reason
from ledger.verification.sentences import say
from ledger.verification.shown import Shown

NAME = "corrections-and-erasures"

_KINDS = {
    "correction": ("correction", "更正"),
    "erasure": ("erasure", "删除"),
    "dispute": ("dispute", "争议"),
    "ruling": ("ruling", "裁定"),
}


def check(case: Case) -> Check:
    """All that is shown about the record rightly speaks about it; is it also all there is?"""
    shown = about(case.main, case.support)
    for item in shown:
        error = fault(case.main, case.support, item)
        if error is not None:
            return say(
                NAME, State.FAIL, "corrections-and-erasures/fail", index=item.index, **reason(error)
            )
    complete = case.indexes.complete
    if erasures(case.main, case.support):
        return _erased(case, shown)
    en, zh = _list(shown)
    if complete is None:
        if not shown:
            return say(NAME, State.NOT_CHECKED, "corrections-and-erasures/not-checked")
        key = "corrections-and-erasures/not-checked-listed"
        return say(NAME, State.NOT_CHECKED, key, list_en=en, list_zh=zh)
    size = complete.reading.index.size
    if not shown:
        return say(NAME, State.PASS, "corrections-and-erasures/pass-none", size=size)
    return say(NAME, State.PASS, "corrections-and-erasures/pass", size=size, list_en=en, list_zh=zh)


def _erased(case: Case, shown: list[Shown]) -> Check:
    found = erasures(case.main, case.support)
    item, erasure = next((pair for pair in found if pair[1].scope == "record"), found[0])
    others = [other for other in shown if other.index != item.index]
    en, zh = _list(others)
    values = {
        "index": item.index,
        "also_en": f"; the file also shows {en}" if others else "",
        "also_zh": f"；文件还显示：{zh}" if others else "",
    }
    if erasure.scope == "record":
        return say(NAME, State.ERASED, "corrections-and-erasures/erased-record", **values)
    fields = ", ".join(name if canonical.is_name(name) else "?" for name in erasure.fields)
    return say(
        NAME, State.ERASED, "corrections-and-erasures/erased-fields", fields=fields, **values
    )


def _list(items: Iterable[Shown]) -> tuple[str, str]:
    """The items by kind and place, in English and Chinese."""
    places: dict[str, list[str]] = {}
    for item in items:
        places.setdefault(item.type, []).append(str(item.index))
    en, zh = [], []
    for kind, at in places.items():
        name_en, name_zh = _KINDS.get(kind, (kind, kind))
        en.append(f"{name_en} at index {', '.join(at)}")
        zh.append(f"序号 {'、'.join(at)} 的{name_zh}")
    return "; ".join(en), "；".join(zh)

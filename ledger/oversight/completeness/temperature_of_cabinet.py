"""温度记录: a series of temperatures without a gap, of every cabinet, day by day.

Owed by the school from the first reading on, while its canteen serves and samples of that are in the
cabinet (`cold_days`). A gap is a time longer than `temperature_gap_s` between two readings, null being none. The log that ended
before it is the source of the finding: one for each gap, however many days it lasts. An outage of the
cabinet or its gateway accounts for its own time. A cabinet that was silent for a week has left
service, and nothing more is asked of it.

One page for each cabinet and civil day, with the logs whose first reading was on it. Each day that is
due opens the next one, for a cabinet that says nothing opens none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from ledger import timestamp
from ledger.oversight import civil
from ledger.oversight.completeness import cold_days, desk, outages, rules
from ledger.oversight.completeness.obligation import (
    EXCUSED,
    LATE,
    MISSING,
    OPEN,
    VOID,
    Answer,
    Obligation,
    Verdict,
    find,
    judge,
    later,
    show,
)
from ledger.oversight.completeness.page import Page, facts
from ledger.oversight.completeness.series import Gap, Series, stretches
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

TYPE: Final = "temperature-log"
_CABINET: Final = "cabinet"
_ITEM: Final = "day"
_AROUND: Final = range(-8, 2)


class Temperatures:
    """The series of all cabinets: a part of the family (`family.Part`)."""

    prefixes = (_CABINET,)
    reads: Mapping[str, frozenset[str]] = {
        TYPE: frozenset(
            {"canteen", "cabinet", "interval_s", "first_read_at", "last_read_at", "mC_readings"}
        )
    }

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """The days on which it begins and ends."""
        said = seen.fields
        first = civil.day_of(said["first_read_at"], zone)
        last = civil.day_of(said["last_read_at"], zone)
        key = _key(said["cabinet"], first)
        return (key,) if first == last else (key, _key(said["cabinet"], last))

    def tell(self, seen: Seen, context: Context) -> None:
        """A batch of readings."""
        said, zone = seen.fields, context.zone
        first = civil.day_of(said["first_read_at"], zone)
        last = civil.day_of(said["last_read_at"], zone)
        key = _key(said["cabinet"], first)
        page, due_at, now = _open(key, context), _due_at(first, context), context.now
        if page.new:
            if not _is_placed(first, due_at, context):
                return
            context.wake(due_at, key)
        elif due_at <= now:
            context.wake(now, key)
        if last != first:
            following = _key(said["cabinet"], last)
            if context.get(following) is not None:
                context.wake(now, following)
        page.add(seen, [stretches(said)])
        cabinet = [said["canteen"], seen.issuer]
        if page.of(_CABINET).get("") != cabinet:
            page.put(_CABINET, {"": cabinet})
        page.touched = now
        desk.of(context).keep(page, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its readings count no more."""
        day = civil.day_of(seen.occurred_at, context.zone)
        keys = {
            _key(device, civil.days_later(day, days)): None
            for device in seen.subjects
            for days in _AROUND
        }
        if seen.readable(self.reads[TYPE]):
            keys.update(dict.fromkeys(self.keys(seen, context.zone)))
        for key in keys:
            page = _open(key, context)
            kind = page.has(seen.id)
            if kind is not None:
                page.remove(kind, seen.id)
                page.touched = context.now
                desk.of(context).keep(page, context)
            if not page.new:
                context.wake(context.now, key)

    def due(self, key: str, context: Context) -> None:
        """Look at a day that is over."""
        pages = desk.of(context).pages
        page = pages.get(key)
        stored = context.get(key) if page is None else page.state()
        if stored is None:
            return
        due_at = _due_at(_day(key), context)
        if context.now < due_at:
            context.wake(due_at, key)  # by the policy it was sooner once
            return
        if stored["w"] and stored["w"] <= context.now and _is_over(stored, context):
            context.put(key, None)
            pages.pop(key, None)
            return
        page = page or Page(key, stored)
        series = _series(page, context)
        self._settle(page, series, context)
        page.version = context.policy.version
        if not page.watch:
            self._open_next(page, series, context)
        if page.watch <= context.now:
            page.watch = later(context.now, rules.seconds(context, "keep_days"))
            context.wake(page.watch, key)
        desk.of(context).keep(page, context)

    def revise(self, key: str, context: Context) -> None:
        """Another policy is in force: the day is looked at again."""
        context.wake(context.now, key)

    def _settle(self, page: Page, series: Series, context: Context) -> None:
        """Show how the day stands, and find what is missing of it."""
        was = page.shown.get(_ITEM)
        limit_ms = 1000 * rules.whole(context, "temperature_gap_s")
        canteen, day = page.of(_CABINET)[""][0], _day(page.key)
        window = cold_days.window(canteen, day, context)
        asked = window is not None and rules.asked(context, rules.TEMPERATURE)
        window = window or cold_days.all_day(day, context.zone)
        gaps = series.gaps(window, limit_ms)
        obligation = _obligation(page, series, window, gaps, context)
        if obligation is None:
            return
        if not asked:
            if was is not None and was[0] != VOID:
                show(obligation, Verdict(VOID), was[4], context)
                page.shown[_ITEM] = [VOID, *was[1:]]
            return
        if page.watch and page.version != context.policy.version:
            page.ask(_ITEM, obligation, context.now)
        if page.asked:
            known_at = max(obligation.known_at, page.asked[_ITEM])
            obligation = replace(obligation, known_at=known_at)
        verdict = judge(obligation, context, final=True)
        left: list[Gap] = []
        if gaps:
            left, outage = _unexcused(gaps, obligation, limit_ms, context)
            if not left:
                verdict = Verdict(EXCUSED, None, outage)
        missing = was[4] if was else None
        if verdict.status == OPEN and was is not None and was[0] == MISSING:
            verdict = Verdict(MISSING)  # a part of it came
        if verdict.status == MISSING:
            found = [self._find(page, gap, obligation, context) for gap in left]
            missing = missing or found[0]
        elif verdict.missing_at is not None:
            context.wake(verdict.missing_at, page.key)
        answer = verdict.answer.place if verdict.answer else None
        source = obligation.source[0]
        shown = [verdict.status, source, answer, obligation.due_at, missing, verdict.outage]
        if shown == was:
            return
        page.shown[_ITEM] = shown
        page.touched = context.now
        show(obligation, verdict, missing, context)
        if verdict.status in (LATE, EXCUSED, MISSING):
            outages.note_late(page.key, obligation.school, obligation.day, context)

    def _find(self, page: Page, gap: Gap, obligation: Obligation, context: Context) -> str | None:
        """Find a gap that was not found yet, nor one that it is what is left of."""
        before = context.get(_beside(page, -1))
        known = {**facts(before, "found"), **page.of("found")}
        place = str(gap.source[0])
        found = known.get(place)
        within = (one for one in known.values() if one[1] <= gap.since and gap.until <= one[2])
        found = found or next(within, None)
        if found is None:
            source = replace(obligation, source=gap.source, known_at=gap.known_at)
            found = [find(source, context), gap.since, gap.until]
        page.put("found", {**page.of("found"), place: found})
        missing: str | None = found[0]
        return missing

    def _open_next(self, page: Page, series: Series, context: Context) -> None:
        """The day after is asked for too, until the cabinet was silent for long."""
        over = cold_days.all_day(_day(page.key), context.zone).end
        last = series.last(over)
        silent_ms = 1000 * rules.seconds(context, "temperature_silent_days")
        if last is None or over - last.last > silent_ms:
            return
        key = _beside(page, 1)
        following = _open(key, context)
        if following.new:
            context.wake(_due_at(_day(key), context), key)
        fact = [last.place, last.since, last.leaf, min(last.last, over)]
        following.put("before", {last.record: fact})
        following.put(_CABINET, following.of(_CABINET) or page.of(_CABINET))
        following.touched = following.touched or context.now
        desk.of(context).keep(following, context)


def _open(key: str, context: Context) -> Page:
    page = desk.of(context).pages.get(key)
    if page is None:
        page = Page(key, context.get(key))
        if page.new:
            page.version = context.policy.version
    return page


def _is_over(stored: Mapping[str, Any], context: Context) -> bool:
    status = stored["o"][_ITEM][0] if _ITEM in stored["o"] else VOID
    days = "missing_days" if status == MISSING else "keep_days"
    return status != OPEN and later(stored["t"], rules.seconds(context, days)) <= context.now


def _series(page: Page, context: Context) -> Series:
    """The readings about a page's day, with those of the days beside it."""
    before, after = (context.get(_beside(page, days)) for days in (-1, 1))
    logs = facts(before, TYPE), page.of(TYPE), facts(after, TYPE)
    return Series.of(logs, {**facts(before, "before"), **page.of("before")})


def _obligation(
    page: Page, series: Series, window: cold_days.Window, gaps: list[Gap], context: Context
) -> Obligation | None:
    """The day's; None where there never was a reading."""
    last, latest = series.last(window.end), series.latest(window)
    if last is None:
        return None
    device, day = page.key.split(" ")[1:]
    canteen, gateway = page.of(_CABINET)[""]
    school = civil.school_of(canteen)
    answered = latest is not None and not gaps
    return Obligation(
        kind=rules.TEMPERATURE,
        source=gaps[0].source if gaps else last.ref,
        known_at=gaps[0].known_at if gaps else last.since,
        expected_type=TYPE,
        expected_for=device,
        responsible=school,
        school=school,
        canteen=canteen,
        day=day,
        due_at=_due_at(day, context),
        answers=(Answer(latest.since, latest.place, latest.record),) if latest and answered else (),
        devices=(device, gateway),
        more={"gaps": [gap.shown for gap in gaps]},
        row=f"{rules.TEMPERATURE} {device} {day}",
    )


def _unexcused(
    gaps: list[Gap], obligation: Obligation, limit_ms: int, context: Context
) -> tuple[list[Gap], str | None]:
    """The gaps that outages do not account for; and one that accounts for another."""
    told = [
        outage
        for outage in outages.accepted(obligation.school, context)
        if outage.excuses(TYPE, obligation.canteen, obligation.devices)
    ]
    times = [(timestamp.parse(one.since), timestamp.parse(one.until)) for one in told]
    left = [gap for gap in gaps if gap.longest_beside(times) > limit_ms]
    return left, told[0].id if told else None


def _is_placed(day: str, due_at: str, context: Context) -> bool:
    """Whether readings of a day can be asked for yet, and still are: clocks may say any year."""
    tomorrow = civil.days_later(civil.day_of(context.now, context.zone), 1)
    return day <= tomorrow and context.now <= later(due_at, rules.seconds(context, "keep_days"))


def _due_at(day: str, context: Context) -> str:
    after_s = rules.of_kind(context, "due_after_s", rules.TEMPERATURE)
    return _after_day(day, context.zone, after_s)


@lru_cache(maxsize=256)
def _after_day(day: str, zone: str, after_s: int) -> str:
    return civil.later(civil.end_of(day, zone), after_s)


def _key(device: str, day: str) -> str:
    return f"{_CABINET} {device} {day}"


def _day(key: str) -> str:
    return key[-10:]


def _beside(page: Page, days: int) -> str:
    return f"{page.key[:-10]}{civil.days_later(_day(page.key), days)}"

"""晨检: a morning check of everyone on a shift-roster, before work begins.

Owed by the school, whose device checks. Met by a check of that person made on the day that the shift
begins, or late in the evening before, and before it ends. Whoever is on two shifts a day is checked
once. A roster that supersedes another in time takes its place. Where somebody else was checked who is
on no roster of the day, that check stands in for one that would be missing (代班): the row says whose
it is.

One page for each canteen and the civil day on which shifts begin.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, ref
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "shift"
_NIGHT_S: Final = 6 * 3_600
_ROSTERED: Final = range(-8, 36)
"""Days about a roster's own that it may be for, where nothing else is known of it."""


class CheckRule(Quiet):
    """The rule of these pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.CHECK,)
    stands_in = True
    reads: Mapping[str, frozenset[str]] = {
        "shift-roster": frozenset({"canteen", "starts_at", "ends_at", "people"}),
        "morning-check": frozenset({"canteen", "staff", "checked_at"}),
    }
    sources: Mapping[str, Items] = {"shift-roster": ""}

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:
        """The page of the day; a check late in the evening is on the next day's too."""
        said = seen.fields
        if seen.type == "shift-roster":
            staff = [one["staff"] for one in said["people"]]
            supersedes = seen.linked("supersedes")
            fact = [seen.logged_at, said["starts_at"], said["ends_at"], staff, supersedes]
            return [(_key(said["canteen"], civil.day_of(said["starts_at"], zone)), fact)]
        at = civil.credible(said["checked_at"], seen.logged_at, rules.CREDIBLE_DAYS)
        fact = [said["staff"], at]
        day = civil.day_of(at, zone)
        keys = [(_key(said["canteen"], day), fact)]
        if at >= later(civil.end_of(day, zone), -_NIGHT_S):
            keys.append((_key(said["canteen"], civil.days_later(day, 1)), fact))
        return keys

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:
        """The days about it."""
        day = civil.day_of(seen.occurred_at, zone)
        for canteen in (name for name in seen.subjects if name.startswith("canteen:")):
            for days in _ROSTERED:
                yield _key(canteen, civil.days_later(day, days))

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:
        """One for each person on each roster in force; of the person checked only, if one was."""
        only = told[1][3] if told is not None and told[0] == "morning-check" else None
        rosters = page.of("shift-roster")
        if only is not None:
            rosters = {record: one for record, one in rosters.items() if only in one[6]}
        if not rosters:
            return {}
        _, canteen, day = page.key.split(" ")
        school = civil.school_of(canteen)
        ended, checks = self._ended(page, context), _by_staff(page)
        found: Owed = {}
        for record, roster in rosters.items():
            for staff in roster[6] if only is None else (only,):
                item = f"{record} {staff}"
                found[item] = Obligation(
                    kind=rules.CHECK,
                    source=ref(record, roster),
                    known_at=roster[3],
                    expected_type="morning-check",
                    expected_for=staff,
                    responsible=school,
                    school=school,
                    canteen=canteen,
                    day=day,
                    due_at=roster[4],
                    answers=_answers(page, item, checks.get(staff, ()), roster[5]),
                    ended=record in ended,
                )
        return found

    def opens(
        self,
        page: Page,
        kind: str,  # noqa: ARG002 - as every rule
        more: Fact,
        context: Context,  # noqa: ARG002 - as every rule
    ) -> tuple[str, str] | None:
        """A roster that supersedes none, before anybody was checked."""
        if more[4] or page.of("morning-check"):
            return None
        starts = [more[1], *(roster[4] for roster in page.of("shift-roster").values())]
        return min(starts), max(starts)

    def only_answers(self, page: Page, kind: str) -> bool:
        """A check, unless it may take the place of another's that stood in."""
        return kind == "morning-check" and not page.of("substitute")

    def stand_in(self, page: Page, item: str, missed: Obligation, context: Context) -> bool:
        """A check of somebody who is on no roster, if it stands in for nobody else yet."""
        if not rules.whole(context, "substitutes"):
            return False
        rosters = page.of("shift-roster")
        ends_at = rosters[missed.source[2]][5]
        ended = self._ended(page, context)
        rostered = {
            staff
            for record, roster in rosters.items()
            if record not in ended
            for staff in roster[6]
        }
        taken = {fact[0] for fact in page.of("substitute").values()}
        for record, check in sorted(page.of("morning-check").items()):
            if check[3] not in rostered and check[4] <= ends_at and check[0] not in taken:
                page.put("substitute", {**page.of("substitute"), item: [check[0], record]})
                return True
        return False

    def _ended(self, page: Page, context: Context) -> set[str]:
        """The rosters that another superseded before checks were missing from them."""
        rosters = page.of("shift-roster")
        if len(rosters) == 1:
            return set()
        grace_s = rules.of_kind(context, "grace_s", rules.CHECK)
        return {
            name
            for other in rosters.values()
            for name in other[7]
            if name in rosters
            and other[3] < later(max(rosters[name][4], rosters[name][3]), grace_s)
        }


def _key(canteen: str, day: str) -> str:
    return f"{PREFIX} {canteen} {day}"


def _by_staff(page: Page) -> dict[str, list[tuple[str, Fact]]]:
    found: dict[str, list[tuple[str, Fact]]] = {}
    for record, check in page.of("morning-check").items():
        found.setdefault(check[3], []).append((record, check))
    return found


def _answers(
    page: Page, item: str, own: Sequence[tuple[str, Fact]], ends_at: str
) -> tuple[Answer, ...]:
    """The checks of a person, before the shift ends; without one, that which stands in."""
    found = [Answer(check[1], check[0], record) for record, check in own if check[4] <= ends_at]
    if found:
        return tuple(found)
    checks = page.of("morning-check")
    substitute = page.of("substitute").get(item)
    if substitute is None or substitute[1] not in checks:
        return ()
    check = checks[substitute[1]]
    return (Answer(check[1], check[0], substitute[1], check[3]),)

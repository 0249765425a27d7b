"""A book: all pages of one rule, and how what is told changes them.

    record → page: a fact more, or one less → what is owed now → rows, and a time to look again
    time   → page: what is still owed and not there is missing; what is long over is forgotten
    policy → page: what is owed now by the new rules; nobody could know earlier what is asked newly

A rule says what a record leaves on which pages, and what the facts of a page make due. Everything
else is alike for all of them and stands here. That something is missing is found only when its time
has come and everything logged up to then was told: a record and its correction, a roster and the
checks posted with it, may stand in the log in either order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from ledger.oversight.completeness import desk, rules, standing
from ledger.oversight.completeness.obligation import (
    MET,
    MISSING,
    VOID,
    Answer,
    Obligation,
    Verdict,
    judge,
    later,
    missing_at,
    show,
)
from ledger.oversight.completeness.page import Fact, Page
from ledger.oversight.completeness.rule import Owed, Rule
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_CLOSED: Final = frozenset({MET, VOID})
_NOTHING: Final = Answer("", -1, "")


class Book:
    """The pages of one rule: a part of the family (`family.Part`)."""

    def __init__(self, rule: Rule) -> None:
        """The rule whose pages these are."""
        self.rule = rule
        self.prefixes, self.reads = rule.prefixes, rule.reads

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """Those of the pages that a record belongs on."""
        return self.rule.keys(seen, zone)

    def tell(self, seen: Seen, context: Context) -> None:
        """A record comes on its pages."""
        rule, kind, now = self.rule, seen.type, context.now
        changed = rule.sources.get(kind)
        on_desk = desk.of(context)
        for key, more in rule.entries(seen, context.zone):
            page, last = on_desk.pages.get(key) or self._open(key, context), ""
            if page.new:
                rule.opened(page, context)
            if kind in rule.beside:
                page.add(seen, more)
                rule.told(page, seen, context)
                self._close(page, context)
                continue
            if changed is None:
                waits = page.in_time(now) and rule.only_answers(page, kind)
            else:
                due = None
                if page.in_time(now) or (page.new and changed == ""):
                    due = rule.opens(page, kind, more, context)
                waits = due is not None and self._waits(page, due[0], context)
                last = due[1] if due is not None and waits else ""
            if waits:
                page.add(seen, more)
                on_desk.laid[key] = page
            else:
                self._judge_laid(page, context)
                facts = None if changed is None else page.facts()
                told = kind, page.add(seen, more)
                owed = self._owed(page, context, told)
                if changed is not None and standing.is_less(owed, page.shown, changed):
                    before = self._owed(Page(key, {**page.state(), "f": facts}), context, told)
                    standing.withdraw(page, before, owed, context)
                for item, obligation in owed.items():
                    standing.settle(page, item, obligation, context, final=False)
                page.judged(wholly=changed == "")
            rule.told(page, seen, context)
            if page.watch and key in on_desk.pages:
                page.touched = now
            else:
                self._close(page, context, last)

    def _waits(self, page: Page, first: str, context: Context) -> bool:
        """Whether what is due from `first` on is judged later: before anything of it is missed."""
        if context.now > first:
            return False
        if page.waits != first:
            page.wait(first)
            grace_s = rules.least(context, "grace_s", self.rule.kinds)
            context.wake(later(first, grace_s), page.key)
        return True

    def settle(self, page: Page, context: Context) -> None:
        """Judge what was only laid on a page, which must be one of this book's.

        Nothing that was open was due yet when a record was laid there, and none took anything back;
        so the same follows whenever it is looked at.
        """
        looked_at: dict[str, None] = {}
        for item, obligation in self._owed(page, context, None).items():
            was = page.shown.get(item)
            if (
                was is None
                or was[0] not in standing.AFTER_ALL
                or was[2] != min(obligation.answers, default=_NOTHING).place
            ):
                standing.settle(page, item, obligation, context, final=False)
                if was is None and self.rule.stands_in:
                    looked_at[missing_at(obligation, context)] = None
        # Another's record may stand in whenever a page is looked at: at the same times, whether it
        # was judged in between or not. At this very time it is: what waits is woken then.
        for at in looked_at:
            if at > context.now:
                context.wake(at, page.key)
        page.judged(wholly=True)

    def settle_all(self, context: Context) -> None:
        """Judge what was laid on any page of this book."""
        laid = desk.of(context).laid
        for key in [key for key in laid if key.startswith(self.prefixes)]:
            self.settle(laid.pop(key), context)

    def _open(self, key: str, context: Context) -> Page:
        page = desk.of(context).pages.get(key)
        if page is None:
            page = Page(key, context.get(key))
            if page.version != context.policy.version:
                self._revise(page, context)
        return page

    def _judge_laid(self, page: Page, context: Context) -> None:
        if desk.of(context).laid.pop(page.key, None) is not None:
            self.settle(page, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """A record counts no more, on whichever pages it is."""
        keys = (
            [key for key, _ in self.rule.entries(seen, context.zone)]
            if seen.readable(self.reads[seen.type])
            else self.rule.candidates(seen, context.zone)
        )
        for key in dict.fromkeys(keys):
            self.remove(key, seen.id, context)

    def remove(self, key: str, record: str, context: Context) -> None:
        """A record counts no more on one page, if it is on it."""
        page = self._open(key, context)
        kind = page.has(record)
        if kind is not None:
            self._judge_laid(page, context)
            before = self._owed(page, context, None)
            gone = self._own(page, kind, record, context)
            page.remove(kind, record)
            self._change(page, before, gone, context)

    def replace(
        self,
        key: str,
        facts: Mapping[str, Mapping[str, Fact]],
        context: Context,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        """All facts of some types of one page are these now, said by another part.

        Args:
            key: of the page.
            facts: by type.
            context: what follows goes there.
            gone: records that were taken back.
        """
        page = self._open(key, context)
        if all(page.of(kind) == of_kind for kind, of_kind in facts.items()):
            return
        if page.new and not gone:
            for kind, of_kind in facts.items():
                page.put(kind, of_kind)
            due = self.rule.opens(page, next(iter(facts)), [], context)
            if due is not None and self._waits(page, due[0], context):
                desk.of(context).laid[key] = page
                self._close(page, context, due[1])
                return
        self._judge_laid(page, context)
        before = self._owed(page, context, None) if page.shown else {}
        own: Owed = {}
        for kind, of_kind in facts.items():
            for record in sorted(gone.intersection(page.of(kind))):
                own |= self._own(page, kind, record, context)
            page.put(kind, of_kind)
        self._change(page, before, own, context)

    def due(self, key: str, context: Context) -> None:
        """The time has come to look at a page."""
        on_desk, now = desk.of(context), context.now
        page = on_desk.pages.get(key)
        if page is None:
            stored = context.get(key)
            if stored is None:
                return
            revised, shown, watch = stored["v"] != context.policy.version, stored["o"], stored["w"]
        else:
            self._judge_laid(page, context)
            revised, shown, watch = False, page.shown, page.watch
        look = revised or any(one[0] not in _CLOSED for one in shown.values())
        over = watch <= now
        if not look and not over:
            return
        if page is None:
            page = self._open(key, context)
        if over and self._forget(page, context):
            context.put(key, None)
            on_desk.pages.pop(key, None)
            return
        if look:
            self._look(page, context)
            page.judged(wholly=True)
        desk.of(context).keep(page, context)

    def revise(self, key: str, context: Context) -> None:
        """Another policy is in force: the page is looked at once this moment is over."""
        context.wake(context.now, key)

    def _revise(self, page: Page, context: Context) -> None:
        """Judge a page that was judged by another policy last: all are opened when one comes.

        What is not asked for any more is void. What is asked for now and was not before, or was met
        and is not by what is asked for now, was known to nobody before the policy stood in the log.
        """
        page.version = context.policy.version
        if page.new:
            return
        before = dict(page.shown)
        every = self.rule.owed(page, context, None)
        for item, one in every.items():
            if _is_asked(one, context):
                page.ask(item, one, context.now)
        owed = self._owed(page, context, None)
        unasked = {item: one for item, one in every.items() if item in before and item not in owed}
        standing.withdraw(page, unasked, {}, context)
        for item, one in owed.items():
            standing.settle(page, item, one, context, final=False)
        if page.shown != before:
            page.touched = context.now
        page.judged(wholly=True)

    def _look(self, page: Page, context: Context) -> None:
        """Judge everything on a page finally."""
        known = self._owed(page, context, None)
        stood_in = [
            item
            for item, obligation in sorted(known.items())
            if not obligation.answers
            and judge(obligation, context, final=True).status == MISSING
            and self.rule.stand_in(page, item, obligation, context)
        ]
        if stood_in:
            known = self._owed(page, context, None)
        before = dict(page.shown)
        for item, obligation in known.items():
            standing.settle(page, item, obligation, context, final=True)
        if page.shown != before:
            page.touched = context.now

    def _change(self, page: Page, before: Owed, gone: Owed, context: Context) -> None:
        """Show what follows from facts that were changed.

        Args:
            page: as it is now.
            before: what was owed.
            gone: what was owed by records that were taken back, whether others made it due as well.
            context: what follows goes there.
        """
        after = self._owed(page, context, None)
        standing.withdraw(page, before, after, context)
        for item, was in gone.items():
            shown = page.shown.get(item) if item not in after else None
            show(was, Verdict(VOID), shown[4] if shown else None, context)
        for item, obligation in after.items():
            standing.settle(page, item, obligation, context, final=False)
        page.judged(wholly=True)
        self._close(page, context)

    def _own(self, page: Page, kind: str, record: str, context: Context) -> Owed:
        """What one record makes due, by itself."""
        alone = self._owed(page.only(kind, record), context, None)
        return {
            item: one for item, one in alone.items() if one.source[2] == record and not one.yields
        }

    def _close(self, page: Page, context: Context, last: str = "") -> None:
        """Store a page that was changed; `last`: when the last of what waits on it is due."""
        page.touched = context.now
        if not page.watch:
            over = later(max(last, context.now), rules.seconds(context, "keep_days"))
            page.watch = over if last and not page.shown else standing.over(page, context)
            context.wake(page.watch, page.key)
        desk.of(context).keep(page, context)

    def _owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:
        """What is owed, asked for, and became known before it would have been forgotten."""
        found = self.rule.owed(page, context, told)
        if not found:
            return found
        keep_s = rules.seconds(context, "keep_days")
        for item, one in [*found.items()]:
            known_at = one.known_at
            if item in page.asked:
                known_at = max(known_at, page.asked[item])
            if not _is_asked(one, context) or known_at > later(one.due_at, keep_s):
                del found[item]
            elif known_at != one.known_at:
                found[item] = replace(one, known_at=known_at)
        return found

    def _forget(self, page: Page, context: Context) -> bool:
        """Whether a page is over; else when to look again."""
        over = standing.over(page, context)
        if over <= context.now and self.rule.needed(page, context):
            over = later(context.now, rules.seconds(context, "keep_days"))
        if over <= context.now:
            return True
        page.watch = over
        context.wake(over, page.key)
        return False


def _is_asked(one: Obligation, context: Context) -> bool:
    return one.asked and rules.asked(context, one.kind)

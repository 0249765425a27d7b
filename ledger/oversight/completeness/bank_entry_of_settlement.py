"""专户流水: a line of the bank account for every settlement, some days after it.

Owed by who settled. Met by a debit of the payer's account that `pays` the settlement, or, where it pays
none by link, whose purpose or bank reference has the settlement's number as a word. A settlement
that comes to nothing needs none.

One page for each settlement, by its id, and what replaces another is paid with it (`replaced`); one for each number of an account, on which the settlement
of that number and the entries that name it find each other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import replaced, rules
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, facts, ref
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "settlement"
NUMBER: Final = "number"
_BETWEEN_WORDS: Final = re.compile(r"[\s,;:，；：、。（）()\[\]【】]+")
_DIGIT: Final = re.compile(r"[0-9]")
_MOST_WORDS: Final = 16


class BankEntryRule(Quiet):
    """The rule of these pages (`rule.Rule`)."""

    prefixes = (PREFIX, NUMBER)
    kinds = (rules.BANK_ENTRY,)
    reads: Mapping[str, frozenset[str]] = {
        "settlement": frozenset({"settlement_no", "payer_account", "school", "net_fen"}),
        "account-entry": frozenset({"account", "direction", "purpose", "bank_reference"}),
    }
    sources: Mapping[str, Items] = {"settlement": ""}

    def entries(self, seen: Seen, zone: str) -> Iterator[tuple[str, Fact]]:  # noqa: ARG002 - as every rule
        """The page of the settlement, and of its number."""
        said = seen.fields
        if seen.type == "settlement":
            if said["net_fen"] > 0:
                number, account = said["settlement_no"], said["payer_account"]
                at = civil.credible(seen.occurred_at, seen.logged_at, rules.CREDIBLE_DAYS)
                fact = [seen.logged_at, at, number, account, said["school"], seen.issuer]
                fact.append(seen.linked("replaces"))
                for key in replaced.keys(PREFIX, seen):
                    yield key, fact
                yield _number(account, number), fact
        elif said["direction"] == "debit":
            paid = seen.linked("pays")
            for record in paid:
                yield f"{PREFIX} {record}", []
            for word in () if paid else _words(said["purpose"], said["bank_reference"]):
                yield _number(said["account"], word), []

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every rule
        """Its own, and those it links; what the bank calls a payment is nobody's name."""
        linked = (*seen.linked("pays"), *seen.linked("replaces"))
        return [f"{PREFIX} {record}" for record in (seen.id, *linked)]

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:  # noqa: ARG002 - as every rule
        """One, once the settlement is known; a number's page owes nothing."""
        found: Owed = {}
        for record, made in replaced.own(page, PREFIX, "settlement", context):
            logged_at, at, number, account, school, issuer, before = made[3:]
            known = replaced.answers(PREFIX, "account-entry", "settlement", before, context)
            if known is None:
                continue
            numbered = facts(context.get(_number(account, number)), "account-entry")
            paid = {**known, **page.of("account-entry"), **numbered}
            found["entry"] = Obligation(
                kind=rules.BANK_ENTRY,
                source=ref(record, made),
                known_at=logged_at,
                expected_type="account-entry",
                expected_for=number,
                responsible=issuer,
                school=school,
                canteen=None,
                day=civil.day_of(at, context.zone),
                due_at=later(at, rules.of_kind(context, "due_after_s", rules.BANK_ENTRY)),
                answers=tuple(Answer(one[1], one[0], entry) for entry, one in paid.items()),
            )
        return found

    def needed(self, page: Page, context: Context) -> bool:
        """A number's page as long as there is one of a settlement of that number; a replaced one's."""
        return replaced.is_needed(page, PREFIX, "settlement", context)


def _number(account: str, number: str) -> str:
    return f"{NUMBER} {account} {number}"


def _words(*texts: str) -> list[str]:
    """Words with a digit, each once: what may be a settlement's number."""
    words = dict.fromkeys(word for text in texts for word in _BETWEEN_WORDS.split(text) if word)
    return [word for word in words if _DIGIT.search(word)][:_MOST_WORDS]

"""Days and times of one payload that contradict each other, or their own statement.

Whether a day was too late for a policy is oversight's question. Here is refused only what cannot
be: a list written before what it lists had happened, a week of nine days.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from ledger.errors import Fault
from ledger.evidence.model import Form, Said, breach


def has_happened(payload: Form, said: Said, *fields: str) -> Iterator[Fault]:
    """Refuse a time after the statement's own, where a person writes it (预填).

    A machine fills in nothing beforehand. Where its clocks disagree, that has to be stored and seen.
    """
    if said.by_machine:
        return
    for name in fields:
        at = getattr(payload, name)
        if said.occurred_at and at > said.occurred_at:
            yield breach(
                [name],
                "not-yet",
                f"{name} {at} lies after occurred_at {said.occurred_at}; record it once it has "
                "happened",
                f"{name}（{at}）晚于 occurred_at（{said.occurred_at}）；请在事后记录，不得预填",
            )


def at_most(payload: Form, first: str, last: str, days: int) -> Iterator[Fault]:
    """Refuse a period of more than `days` civil days, both ends counted."""
    begin, end = getattr(payload, first), getattr(payload, last)
    lasting = date.fromisoformat(end).toordinal() - date.fromisoformat(begin).toordinal() + 1
    if lasting > days:
        yield breach(
            [last],
            "too-long",
            f"{first} to {last} are {lasting} days; at most {days}: split the document",
            f"{first} 至 {last} 共 {lasting} 天，上限为 {days} 天，请拆分单据",
        )


def within(at: Iterable[int | str], day: str, first: str, last: str) -> Iterator[Fault]:
    """Refuse a day at `at` outside `first` to `last`, both of them inside."""
    if not first <= day <= last:
        yield breach(
            at,
            "outside-period",
            f"{day} lies outside {first} to {last}",
            f"{day} 不在 {first} 至 {last} 之内",
        )

"""What a list is asked, checked: a misspelt question has to fail, not to find nothing.

An auditor who mistypes a filter would read an empty list as "nothing is missing".
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from api.errors import malformed

SHARED: Final = ("from", "to", "status", "cursor", "limit", "format")
"""Filters of every list of oversight."""


def check_names(given: Iterable[str], filters: Collection[str]) -> None:
    """Refuse a filter that the list does not have: without it the answer would be everything.

    Raises:
        ProblemError: `malformed`, naming it.
    """
    for name in given:
        if name not in filters:
            listed = ", ".join(filters)
            raise malformed(
                f"{name[:64]} is no filter; there are {listed}",
                f"没有查询条件 {name[:64]}；可用：{listed}",
                pointer=f"/query/{name[:64]}",
            )


def check_days(since: str | None, to: str | None) -> None:
    """Refuse a day that no calendar has, and a last day before the first.

    Raises:
        ProblemError: `malformed`, naming the parameter.
    """
    for name, value in (("from", since), ("to", to)):
        try:
            date.fromisoformat(value or "2000-01-01")
        except ValueError as error:
            raise malformed(
                f"{name}: there is no day {value}",
                f"{name}：不存在 {value} 这一天",
                pointer=f"/query/{name}",
            ) from error
    if since is not None and to is not None and to < since:
        raise malformed(
            f"to is {to}, before from, {since}: no day lies between them",
            f"to（{to}）早于 from（{since}），其间没有任何一天",
            pointer="/query/to",
        )


def check_known(name: str, value: str | None, known: Collection[str]) -> None:
    """Refuse a code that no row of the list can have; where none are given, any may be.

    Raises:
        ProblemError: `malformed`, naming those that there are.
    """
    if value is not None and known and value not in known:
        listed = ", ".join(known)
        raise malformed(
            f"{name}: there is no {value} here; there are {listed}",
            f"{name}：此处没有 {value}；可用：{listed}",
            pointer=f"/query/{name}",
        )

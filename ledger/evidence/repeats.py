"""Lists in which each thing stands once: categories, candidates, lots, items of a price list."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.fields import Code
from ledger.evidence.model import breach

Categories = Annotated[list[Code], Field(min_length=1, max_length=50)]
"""Kinds of goods, `meat` for instance (品类)."""


def once(
    at: Sequence[int | str],
    values: Iterable[Hashable],
    *,
    en: str,
    zh: str,
    member: str | None = None,
    code: str = "twice",
) -> Iterator[Fault]:
    """Refuse a value that stands in a list before.

    Args:
        at: the list, by the members and positions that lead to it.
        values: what tells its items apart, in their order.
        en: what stands twice and what to do, a whole sentence.
        zh: the same in Chinese.
        member: where in an item the value stands; None where it is the item.
        code: of the fault.
    """
    seen = set()
    for place, value in enumerate(values):
        if value in seen:
            yield breach([*at, place] if member is None else [*at, place, member], code, en, zh)
        seen.add(value)


def categories_once(
    categories: Iterable[str], at: Sequence[int | str] = ("categories",)
) -> Iterator[Fault]:
    """Refuse a category of goods named twice."""
    return once(
        at,
        categories,
        en="this category stands here twice; name it once",
        zh="该品类重复列出，请只列一次",
    )

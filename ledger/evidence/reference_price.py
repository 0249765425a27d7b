"""Reference prices: what food costs on the market, from quotes (EVIDENCE §2).

参考价: discounts start from them, and what was paid is held against them; that schools paid 86 % of the
reference price is a figure which a stranger must be able to recompute.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.errors import Fault
from ledger.evidence import price_lists
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import reference_price as examples
from ledger.evidence.fields import Bureau, Code, Date, Text
from ledger.evidence.model import Accounted, Said, in_order
from ledger.evidence.price_lists import Items, SurveyedPrices


class ReferencePriceList(Accounted):
    """What food costs on the market (参考价): what discounts start from and prices are held against."""

    bureau: Bureau
    list_no: Text
    region: Text
    source: Code
    method: Code
    surveyed_from: Date
    surveyed_until: Date
    valid_from: Date
    valid_until: Date
    lines: Items
    line_prices: SurveyedPrices

    def rules(self, said: Said) -> Iterator[Fault]:
        """Each item has one price, and it lies within the quotes it was made of."""
        yield from super().rules(said)
        yield from in_order(self, "surveyed_from", "surveyed_until")
        yield from in_order(self, "valid_from", "valid_until")
        yield from price_lists.surveyed(self.lines, self.line_prices)

    def own_subjects(self) -> Iterable[str]:
        """The bureau."""
        yield self.bureau


TYPES: Final = (
    EvidenceType(
        name="reference-price",
        family="supply",
        model=ReferencePriceList,
        rule_en="What food costs on the market, with the quotes, so that anybody can compare what "
        "was paid.",
        rule_zh="发布参考价及询价区间，任何人可据此复算采购价格水平。",
        posters=frozenset({"bureau-admission"}),
        bound_field="bureau",
        document_key=("list_no", "bureau"),
        blobs=(BlobRule(role="notice", media_types=SCANS, many=True),),
        links={"supersedes": ("reference-price",)},
        known={
            "source": ("price-monitoring", "wholesale-market", "survey", "supermarket"),
            "method": ("mean", "median", "lowest"),
        },
        example=examples.REFERENCE_PRICE,
        refused=examples.REFERENCE_PRICE_REFUSED,
    ),
)
"""The reference price type of this version."""

"""Procurement: what is tendered, who wins it, at what prices, and on what contract (EVIDENCE §2).

两个集采: food and labour are bought centrally. The bureau's admission side posts; suppliers, labour
firms and those who pay do not.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger import subject
from ledger.errors import Fault
from ledger.evidence import price_lists
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import procurement as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Bureau,
    Code,
    Contractor,
    Count,
    Date,
    Maybe,
    Positive,
    Purchaser,
    School,
    Text,
    Time,
)
from ledger.evidence.model import PAYLOAD, Accounted, Part, Said, breach, in_order
from ledger.evidence.price_lists import AgreedPrices, Items
from ledger.evidence.repeats import Categories, categories_once, once


class Package(Part):
    """A part of a tender (标段) that is won by itself, by so many firms at most."""

    package_no: Text
    title: Text
    categories: Categories
    ceiling_fen: Count
    winners: Positive


class Tender(Accounted):
    """The bureau asks for offers (集中采购招标): what, until when, and at how much at most."""

    bureau: Bureau
    tender_no: Text
    title: Text
    tender_kind: Literal["goods", "labour"]
    method: Code
    published_at: Time
    closes_at: Time
    opens_at: Time
    term_from: Date
    term_until: Date
    packages: Annotated[list[Package], Field(min_length=1, max_length=50)]
    ceiling_fen: Count

    def rules(self, said: Said) -> Iterator[Fault]:
        """No offer is opened before the last may come in, and the ceiling is the packages' sum."""
        yield from super().rules(said)
        yield from in_order(self, "published_at", "closes_at")
        yield from in_order(self, "closes_at", "opens_at")
        yield from in_order(self, "term_from", "term_until")
        yield from once(
            ["packages"],
            [package.package_no for package in self.packages],
            member="package_no",
            en="this package_no stands here already; number the packages differently",
            zh="标段号重复，请使用不同的标段号",
        )
        for place, package in enumerate(self.packages):
            yield from categories_once(package.categories, ["packages", place, "categories"])
        total_fen = sum(package.ceiling_fen for package in self.packages)
        if total_fen != self.ceiling_fen:
            yield breach(
                ["ceiling_fen"],
                "sum",
                f"ceiling_fen is {self.ceiling_fen}; the packages' ceilings add up to {total_fen}",
                f"ceiling_fen 为 {self.ceiling_fen}，各标段最高限价合计为 {total_fen}",
            )

    def own_subjects(self) -> Iterable[str]:
        """The bureau."""
        yield self.bureau


class TenderAward(Accounted):
    """A package of a tender is won (中标): by whom, against how many, at which prices."""

    bureau: Bureau
    award_no: Text
    tender_no: Text
    package_no: Text
    awarded_to: Contractor
    bids: Positive
    rank: Positive
    awarded_on: Date
    objections_until: Date
    term_from: Date
    term_until: Date
    lines: Maybe[Items] = None
    line_prices: Maybe[AgreedPrices] = None
    amount_fen: Maybe[Count] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Food is won at a price for each item, labour at a sum; nobody ranks behind all bids."""
        yield from super().rules(said)
        yield from in_order(self, "awarded_on", "objections_until")
        yield from in_order(self, "term_from", "term_until")
        if self.rank > self.bids:
            yield breach(
                ["rank"],
                "rank",
                f"rank {self.rank} among {self.bids} bids; count every bid that was opened",
                f"共 {self.bids} 份投标，名次不可能为 {self.rank}，请核对投标数",
            )
        yield from price_lists.agreed(self.lines, self.line_prices)
        by_item = subject.kind(self.awarded_to) == "supplier"
        for name in ("lines",) if by_item else ("amount_fen",):
            if getattr(self, name) is None:
                yield missing(pointer(PAYLOAD, name), name)

    def own_subjects(self) -> Iterable[str]:
        """The bureau and who won."""
        yield self.bureau
        yield self.awarded_to


class Contract(Accounted):
    """A contract (合同) for food or labour, for the schools it names; the signed text is its file."""

    purchaser: Purchaser
    contract_no: Text
    contract_kind: Literal["goods", "labour"]
    contractor: Contractor
    schools: Annotated[list[School], Field(min_length=1, max_length=60)]
    signed_on: Date
    term_from: Date
    term_until: Date
    amount_fen: Count
    payment_within_days: Count
    deposit_fen: Maybe[Count] = None
    workers_least: Maybe[Positive] = None
    lines: Maybe[Items] = None
    line_prices: Maybe[AgreedPrices] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Suppliers deliver and labour firms send workers; a school contracts for itself alone."""
        yield from super().rules(said)
        yield from in_order(self, "term_from", "term_until")
        yield from price_lists.agreed(self.lines, self.line_prices)
        yield from once(
            ["schools"],
            self.schools,
            en="this school stands here twice; name it once",
            zh="该学校重复列出，请只列一次",
        )
        labour = self.contract_kind == "labour"
        if (subject.kind(self.contractor) == "labour") != labour:
            yield breach(
                ["contractor"],
                "other-kind",
                "goods come from a supplier, workers from a labour firm; the contractor is not of "
                "the contract's kind",
                "食材合同的相对方应为供应商，劳务合同的相对方应为劳务公司",
            )
        if labour and self.workers_least is None:
            yield missing(pointer(PAYLOAD, "workers_least"), "workers_least")
        if subject.kind(self.purchaser) == "school" and self.schools != [self.purchaser]:
            yield breach(
                ["schools"],
                "other-school",
                "a school contracts for itself alone; the bureau does for several schools",
                "学校只能为本校签订合同；多校合同由教育局签订",
            )

    def own_subjects(self) -> Iterable[str]:
        """Both sides, and the schools it is for."""
        return [self.purchaser, self.contractor, *self.schools]

    def posters(self) -> frozenset[str]:
        """The side that buys."""
        bought_by = subject.kind(self.purchaser)
        return frozenset({"school" if bought_by == "school" else "bureau-admission"})


_NOTICE: Final = BlobRule(role="notice", media_types=SCANS, many=True)

TYPES: Final = (
    EvidenceType(
        name="tender",
        family="supply",
        model=Tender,
        rule_en="The bureau asks for offers before anybody is awarded anything; none is opened "
        "before the last may come in.",
        rule_zh="集中采购先招标后定标，开标不得早于投标截止。",
        posters=frozenset({"bureau-admission"}),
        bound_field="bureau",
        document_key=("tender_no", "bureau"),
        blobs=(_NOTICE,),
        links={"supersedes": ("tender",)},
        known={
            "method": ("open", "invited", "negotiation", "consultation", "inquiry", "single-source")
        },
        example=examples.TENDER,
        refused=examples.TENDER_REFUSED,
    ),
    EvidenceType(
        name="tender-award",
        family="supply",
        model=TenderAward,
        rule_en="Who won a package of a tender, and the price of each item from then on.",
        rule_zh="中标结果及逐项价格上链，定标须早于首次下单。",
        posters=frozenset({"bureau-admission"}),
        bound_field="bureau",
        document_key=("award_no", "bureau"),
        blobs=(_NOTICE,),
        links={"under": ("tender",)},
        known={},
        example=examples.TENDER_AWARD,
        refused=examples.TENDER_AWARD_REFUSED,
    ),
    EvidenceType(
        name="contract",
        family="supply",
        model=Contract,
        rule_en="What was agreed with a supplier or a labour firm, for which schools and until when.",
        rule_zh="食材与劳务合同上链，劳务合同须覆盖每个班次。",
        posters=frozenset({"bureau-admission", "school"}),
        bound_field="purchaser",
        document_key=("contract_no", "purchaser"),
        blobs=(
            BlobRule(role="contract", media_types=SCANS, required=True, many=True, personal=True),
        ),
        links={"under": ("tender-award", "supplier-selection"), "renews": ("contract",)},
        known={},
        example=examples.CONTRACT,
        refused=examples.CONTRACT_REFUSED,
    ),
)
"""The procurement types of this version."""

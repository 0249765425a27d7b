"""Goods: lots with their papers, and what lies in store (EVIDENCE §1-2).

检疫票、电子台账. Both name lots in the words that deliveries and acceptances use (`lot:` subjects), so
that a lot is followed from the slaughterhouse to the kitchen and back.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence import lines, subjects
from ledger.evidence.definition import IMAGES, SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import goods as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Maybe,
    Ppm,
    Supplier,
    Text,
    Time,
)
from ledger.evidence.lines import Line, Unit
from ledger.evidence.model import PAYLOAD, Accounted, Measured, Said, breach, in_order


class LotLine(Line):
    """Goods of one lot; a paper that names none proves nothing of what was delivered."""

    lot_no: Text


class LotDocument(Accounted):
    """A paper of the lots it names (检疫票、检验报告), for the purchase record (进货查验)."""

    document_kind: Code
    document_no: Text
    supplier: Supplier
    issuing_authority: Text
    issued_on: Date
    valid_until: Maybe[Date] = None
    result: Literal["pass", "fail"]
    producer_name: Text
    producer_licence_no: Maybe[Text] = None
    origin: Text
    destination: Maybe[Text] = None
    vehicle_no: Maybe[Text] = None
    lines: Annotated[list[LotLine], Field(min_length=1, max_length=60)]
    read_by: Literal["ocr", "manual"]
    ocr_score_ppm: Maybe[Ppm] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is not over before it is issued; a score comes with what a machine read, and only so."""
        yield from super().rules(said)
        yield from in_order(self, "issued_on", "valid_until")
        yield from lines.numbered_once(self.lines)
        if self.read_by == "ocr" and self.ocr_score_ppm is None:
            yield missing(pointer(PAYLOAD, "ocr_score_ppm"), "ocr_score_ppm")
        if self.read_by == "manual" and self.ocr_score_ppm is not None:
            yield breach(
                ["ocr_score_ppm"],
                "not-read",
                "a score belongs to what a machine read; leave it out where read_by is manual",
                "read_by 为 manual 时没有识别得分，请省略",
            )

    def own_subjects(self) -> Iterable[str]:
        """The lots it vouches for."""
        return lines.lots(self.supplier, self.lines)


class StockMove(Measured):
    """Something comes into store or leaves it (出入库、电子台账): stock is what came in less what went out.

    The engine writes moves out of weigh-ins and acceptances. People count the store and write by hand
    what no scale saw; a ledger of weights is not theirs to edit.
    """

    canteen: Canteen
    move_no: Text
    move_kind: Literal["received", "issued", "returned", "wasted", "counted"]
    basis: Literal["weigh-in", "acceptance", "count", "hand"]
    moved_at: Time
    store: Code
    supplier: Maybe[Supplier] = None
    item_code: Text
    item_name: Text
    specification: Maybe[Text] = None
    lot_no: Maybe[Text] = None
    produced_on: Maybe[Date] = None
    use_by: Maybe[Date] = None
    quantity: Count
    unit: Unit
    stock_before: Count
    stock_after: Count
    reason_code: Maybe[Code] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """Stock after is stock before with what moved; a count says why it found something else."""
        yield from super().rules(said)
        if not said.by_machine:
            yield from lines.of_school("canteen", self.canteen, subjects.school_of(said.issuer))
        if (self.move_kind == "counted") != (self.basis == "count"):
            yield breach(
                ["basis"],
                "other-basis",
                "what is counted rests on a count, and nothing else does; change move_kind or basis",
                "盘点（counted）的依据应为 count，其他变动不得以 count 为依据",
            )
        yield from self._stock()
        yield from in_order(self, "produced_on", "use_by")
        found_other = self.move_kind == "counted" and self.quantity > 0
        if (found_other or self.move_kind == "wasted") and self.reason_code is None:
            yield missing(pointer(PAYLOAD, "reason_code"), "reason_code")

    def _stock(self) -> Iterator[Fault]:
        match self.move_kind:
            case "received":
                moved = self.stock_after - self.stock_before
            case "counted":
                moved = abs(self.stock_after - self.stock_before)
            case _:
                moved = self.stock_before - self.stock_after
        if moved != self.quantity:
            yield breach(
                ["stock_after"],
                "stock",
                f"stock_after is {self.stock_after}; {self.stock_before} before and "
                f"{self.quantity} {self.move_kind} do not lead there",
                f"stock_after 为 {self.stock_after}，与变动前 {self.stock_before}、"
                f"变动量 {self.quantity} 不符，请核对",
            )

    def own_subjects(self) -> Iterable[str]:
        """The lot that moved."""
        if self.supplier is not None and self.lot_no is not None:
            yield subjects.lot(self.supplier, self.item_code, self.lot_no)

    def posters(self) -> frozenset[str]:
        """The engine what follows from other records, the school what people counted or wrote."""
        if self.basis in {"count", "hand"}:
            return frozenset({"school", "kitchen"})
        return frozenset({"engine"})


TYPES: Final = (
    EvidenceType(
        name="lot-document",
        family="supply",
        model=LotDocument,
        rule_en="Each lot comes with its paper: a quarantine certificate, an inspection mark, a "
        "test report.",
        rule_zh="每批次须附检疫票或检验合格证明，一票不得用于他批。",
        posters=frozenset({"supplier"}),
        bound_field="supplier",
        document_key=("document_kind", "document_no", "supplier"),
        blobs=(BlobRule(role="scan", media_types=SCANS, required=True, many=True),),
        links={"supersedes": ("lot-document",)},
        known={
            "document_kind": (
                "animal-quarantine",
                "meat-inspection",
                "test-report",
                "producer-pledge",
                "import-inspection",
            )
        },
        example=examples.LOT_DOCUMENT,
        refused=examples.LOT_DOCUMENT_REFUSED,
    ),
    EvidenceType(
        name="stock-move",
        family="supply",
        model=StockMove,
        rule_en="What lies in store is what came in less what went out; moves follow from weights, "
        "not from typing.",
        rule_zh="库存等于入库减出库，台账由称重记录生成，不得人工改写。",
        posters=frozenset({"engine", "school", "kitchen"}),
        document_key=("move_no", "canteen"),
        blobs=(BlobRule(role="photo", media_types=IMAGES, many=True),),
        links={
            "uses": ("weigh-in", "acceptance", "rejection"),
            "disposes": ("acceptance", "stock-move"),
        },
        known={
            "store": ("dry", "chilled", "frozen", "kitchen"),
            "reason_code": (
                "expired",
                "spoiled",
                "spilled",
                "trimmed",
                "evaporated",
                "recalled",
                "miscounted",
                "unexplained",
            ),
        },
        example=examples.STOCK_MOVE,
        refused=examples.STOCK_MOVE_REFUSED,
    ),
)
"""The goods types of this version."""

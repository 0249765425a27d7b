"""Recall: lots that are not to be eaten any more, and what became of them (EVIDENCE §2).

召回. Whoever had a lot is found by its `lot:` subject: dispatch, weigh-in, acceptance, stock, payment.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger import subject
from ledger.errors import Fault
from ledger.evidence import subjects
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import recall as examples
from ledger.evidence.faults import missing, pointer
from ledger.evidence.fields import Code, Count, Maybe, Positive, School, Supplier, Text, Time
from ledger.evidence.lines import Unit
from ledger.evidence.model import PAYLOAD, Accounted, Said, breach, in_order
from ledger.evidence.repeats import once


class Recall(Accounted):
    """Lots are not to be eaten any more (召回): which, why, how bad it is, and what to do with them.

    The schools that are known to have them are named, for a party reads what it is a subject of.
    """

    recall_no: Text
    notice_no: Positive
    stage: Literal["opened", "extended", "closed"]
    supplier: Supplier
    item_code: Text
    item_name: Text
    lots: Annotated[list[Text], Field(min_length=1, max_length=60)]
    reason_code: Code
    reason: Text
    hazard_class: Literal["minor", "major", "critical"]
    action: Literal["hold", "return", "destroy"]
    discovered_at: Time
    due_at: Time
    distributed_quantity: Maybe[Count] = None
    recovered_quantity: Maybe[Count] = None
    unit: Unit
    schools: Maybe[Annotated[list[School], Field(min_length=1, max_length=60)]] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """A supplier recalls its own; a recall that is closed says how much came back of how much."""
        yield from super().rules(said)
        if (self.notice_no == 1) != (self.stage == "opened"):
            yield breach(
                ["notice_no"],
                "notice-number",
                "notice 1 opens a recall, and every later notice extends or closes it",
                "第 1 号通知为启动（opened），其后的通知为扩大或关闭",
            )
        yield from in_order(self, "discovered_at", "due_at")
        yield from once(
            ["lots"],
            self.lots,
            en="this lot stands here twice; name it once",
            zh="该批次重复列出，请只列一次",
        )
        yield from once(
            ["schools"],
            self.schools or (),
            en="this school stands here twice; name it once",
            zh="该学校重复列出，请只列一次",
        )
        if subject.kind(said.issuer) == "supplier" and said.issuer != self.supplier:
            yield breach(
                ["supplier"],
                "other-party",
                "a supplier recalls its own lots; those of others a regulator or the bureau recalls",
                "供应商只能召回自己的批次；他方批次由监管部门或教育局召回",
            )
        if self.stage == "closed":
            for name in ("distributed_quantity", "recovered_quantity"):
                if getattr(self, name) is None:
                    yield missing(pointer(PAYLOAD, name), name)
        if (self.recovered_quantity or 0) > (self.distributed_quantity or 0):
            yield breach(
                ["recovered_quantity"],
                "too-large",
                "more came back than distributed_quantity says went out; correct one of the two",
                "召回数量大于已流通数量 distributed_quantity，请核对",
            )

    def own_subjects(self) -> Iterable[str]:
        """Each lot, by which all that was done with it is found, and the schools that have it."""
        for lot_no in self.lots:
            yield subjects.lot(self.supplier, self.item_code, lot_no)
        yield from self.schools or ()


TYPES: Final = (
    EvidenceType(
        name="recall",
        family="supply",
        model=Recall,
        rule_en="Lots found dangerous are named, so that whoever has them learns it and stops.",
        rule_zh="问题批次召回须载明批次、原因、危害等级和处置，持有者应立即停用。",
        posters=frozenset({"supplier", "regulator", "bureau-admission"}),
        document_key=("recall_no", "notice_no", "supplier", "item_code"),
        blobs=(BlobRule(role="notice", media_types=SCANS, many=True),),
        links={
            "supersedes": ("recall",),
            "answers": ("work-order", "official-inspection", "incident"),
        },
        known={
            "reason_code": (
                "pathogen",
                "veterinary-drug-residue",
                "pesticide-residue",
                "heavy-metal",
                "foreign-body",
                "undeclared-allergen",
                "mislabelled",
                "forged-document",
                "cold-chain-broken",
            )
        },
        example=examples.RECALL,
        refused=examples.RECALL_REFUSED,
    ),
)
"""The recall type of this version."""

"""What the rule engine computes: by which policy, from how much of the log, from which entries.

Anyone recomputes it (DESIGN §7): take the policy record of that name and version, the first
`as_of_size` entries, and of them the inputs that the policy names, in log order. Their leaf hashes
have the RFC 6962 root `inputs_root`; where that holds, the same function must give the same record.
A link `cites` names inputs as well, as far as 512 links go.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from pydantic import Field

from ledger.errors import Fault
from ledger.evidence.fields import BasisPoints, Code, Count, Hex32, Positive, Ppm
from ledger.evidence.model import Part, Payload, Said, breach
from ledger.merkle import EMPTY_ROOT

_WHOLE_BP: Final = 10_000


class Computed(Payload):
    """A payload of the rule engine, which answers for nothing: it can be recomputed."""

    policy_name: Code
    policy_version: Positive
    as_of_size: Positive
    inputs: Count
    inputs_root: Hex32

    def rules(self, said: Said) -> Iterator[Fault]:
        """There are no more inputs than entries, and none have the root of none."""
        yield from super().rules(said)
        if self.inputs > self.as_of_size:
            yield breach(
                ["inputs"],
                "too-many-inputs",
                f"{self.inputs} inputs do not stand in {self.as_of_size} entries",
                f"前 {self.as_of_size} 个条目中不可能有 {self.inputs} 项输入",
            )
        if (self.inputs == 0) != (self.inputs_root == EMPTY_ROOT.hex()):
            yield breach(
                ["inputs_root"],
                "inputs-root",
                f"the root of no inputs is {EMPTY_ROOT.hex()}, and of no others",
                f"没有输入时根为 {EMPTY_ROOT.hex()}，有输入时不得为该值",
            )


class Factor(Part):
    """One part of a weighted score: how much of the whole scale it reaches, and what it weighs."""

    factor_code: Code
    value_ppm: Ppm
    weight_bp: BasisPoints


Factors = Annotated[list[Factor], Field(min_length=1, max_length=50)]


def weighed(factors: Sequence[Factor], field: str, score_ppm: int) -> Iterator[Fault]:
    """Refuse factors that stand twice, weights that make no whole, and a score that is not theirs.

    A score is the sum of value × weight, in millionths, half rounded up.
    """
    yield from once([factor.factor_code for factor in factors], field, "factor_code")
    whole = sum(factor.weight_bp for factor in factors)
    if whole != _WHOLE_BP:
        yield breach(
            [field],
            "weights",
            f"the weights add up to {whole}, not to {_WHOLE_BP}",
            f"权重合计为 {whole}，应为 {_WHOLE_BP}",
        )
        return
    products = sum(factor.value_ppm * factor.weight_bp for factor in factors)
    score = (2 * products + _WHOLE_BP) // (2 * _WHOLE_BP)
    if score != score_ppm:
        yield breach(
            ["score_ppm"],
            "score",
            f"score_ppm is {score_ppm}; the factors come to {score}",
            f"score_ppm 为 {score_ppm}，按各项加权应为 {score}",
        )


def once(values: Sequence[str], field: str, member: str | None = None) -> Iterator[Fault]:
    """Refuse a value that stands twice in a list, or in one member of a list's objects."""
    seen = set()
    for place, value in enumerate(values):
        if value in seen:
            yield breach(
                [field, place] if member is None else [field, place, member],
                "twice",
                f"{member or 'the same value'} stands in {field} already; name each once",
                f"{field} 中已有相同的{f' {member}' if member else '值'}，每项只列一次",
            )
        seen.add(value)

"""Scales whose display shows another weight than their line says (显示与串口不符).

The gateway reads the display off the photo of the weighing and never bends it towards the weight on the
wire: the two come by ways of their own. Where they differ, something stands between the scale and the
gateway, or the photo is of another weighing. `display-differs`: what was read is more than `display_g`,
and more than the scale's division, from both net and gross; a display shows the one or the other.

Not found: a display that was not read, and a reading that differs by a factor of 10, 100 or 1,000
alone, for what a camera loses most easily is the decimal point.

Nothing is kept: each record says both.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, ref_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_POINT_LOST: Final = (10, 100, 1000)


class Displays(Detector):
    """What was read off the display, held against net and gross."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset({"display_ocr_g", "net_g", "gross_g", "division_mg", "scale"})
    }
    defaults: ClassVar[Mapping[str, Any]] = {"display_g": 5}

    def tell(self, seen: Seen, context: Context) -> None:
        """It says both, or its display was not read."""
        fields = seen.fields
        shown = fields.get("display_ocr_g")
        if shown is None or "scale" not in fields:
            return
        rules = context.policy.rules
        allowed = max(rules["display_g"], -(-fields.get("division_mg", 1000) // 1000))
        weights = (fields["net_g"], fields["gross_g"])
        apart = min(abs(shown - weight) for weight in weights)
        if apart <= allowed or any(_point_lost(shown, weight, allowed) for weight in weights):
            return
        place = place_of(seen)
        case = Case(
            kind="display-differs",
            rule="display-differs",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[ref_of(seen)],
            fields="display_ocr_g",
            first_at=seen.occurred_at,
            last_at=seen.occurred_at,
            score_ppm=statistics.above(apart, allowed),
            threshold_ppm=statistics.HALF,
            measured={"display_g": shown, "net_g": fields["net_g"], "apart_g": apart},
            needs=1,
            episodes=[fields["scale"]],
            again_days=rules["again_soon_days"],
        )
        report(context, case)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Nothing was kept of it."""


def _point_lost(shown: int, weight: int, allowed: int) -> bool:
    """Whether one is the other with its decimal point elsewhere; a gram lost to rounding is one."""
    return any(
        abs(shown - factor * weight) <= allowed or abs(factor * shown - weight) <= factor
        for factor in _POINT_LOST
    )

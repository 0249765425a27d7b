"""Displays that show another weight (显示不符): the photo of a weighing against what the scale sent.

A gateway reads the scale's display out of the photo that it takes when the weight is stable. Who
changes the weight on its way, in the line or in the gateway, does not change the display. It shows the
net weight, or the gross one where the tare is kept elsewhere: a reading further than a division from
both, and than `display_g`, is found: `display-differs`.

Reading a display is not certain: what could not be read is null, and shows nothing. One that was
misread is found here too; the photo is there for somebody to look at. Nothing is kept.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen


class Displays(Detector):
    """Weights that the display in the photo does not show."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset({"display_ocr_g", "gross_g", "net_g", "division_mg"})
    }
    defaults: ClassVar[Mapping[str, Any]] = {"display_g": 2}

    def tell(self, seen: Seen, context: Context) -> None:
        """Hold the display against net and gross weight."""
        fields = seen.fields
        shown = fields.get("display_ocr_g")
        if shown is None:
            return
        apart = min(abs(shown - fields["net_g"]), abs(shown - fields["gross_g"]))
        allowed = max(context.policy.rules["display_g"], fields.get("division_mg", 0) // 1000)
        if apart <= allowed:
            return
        place = place_of(seen)
        case = Case(
            kind="display-differs",
            rule="display-differs",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="minor",
            inputs=[seen.ref],
            fields="display_ocr_g",
            first_at=seen.occurred_at,
            last_at=seen.occurred_at,
            score_ppm=statistics.above(apart, allowed),
            threshold_ppm=statistics.HALF,
            measured={"display_g": shown, "net_g": fields["net_g"], "gross_g": fields["gross_g"]},
            needs=1,
        )
        report(context, case)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Nothing is kept of it; what was found by it is looked at again by the family."""

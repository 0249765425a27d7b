"""Weights too round (重量过整), and last digits that no scale shows.

`weight-round`: goods come as they are; on a scale of 5 g one net weight in a hundred is a multiple of
500 g. Packs weigh near what is printed on them, so a fifth more is allowed for; beyond that, and
`round_margin_ppm` more, of the newest `round_weights`, somebody wrote down what was ordered; or where
each of the newest `round_all_weights` is one, and no more than a third would be. Goods of `round_items`
kinds at least: twenty sacks of rice are one thing twenty times. By hand people read off a tenth of a
kilogram, so that one in five is a multiple anyway.

`weight-digits`: the last digit of the gross weight, in divisions of the scale, is any of ten alike as
soon as weights spread over many divisions. Pearson's χ² of the different weights among the newest
100 against that, 9 degrees of freedom: chance exceeds 45 about once in a million. A scale of two
ranges shows every second division only: where all weights are even, they are halved.

Kept under `round <scale, or canteen by hand>`: a window of the newest 100 goods received, [index, net,
gross, item, occurred at].
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication import window as windows
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.fabrication.window import Entry, Window, column
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_NET, _GROSS, _ITEM, _AT = 1, 2, 3, 4
_KEPT: Final = 100
_SELDOM: Final = 48
_ROUND_G: Final = 500
_BY_HAND_PPM: Final = 200_000


class Rounding(Detector):
    """Round net weights, and uneven last digits."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset(
            {"canteen", "direction", "net_g", "gross_g", "item_code", "division_mg"}
        )
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "round_weights": 24,
        "round_all_weights": 12,
        "round_items": 4,
        "round_packed_ppm": 200_000,
        "round_margin_ppm": 400_000,
        "digit_weights": 50,
        "digit_chi_square_milli": 45_000,
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The scale's."""
        return [_key(seen)]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more weight; looked at together with those before, now and then."""
        fields = seen.fields
        if fields["direction"] != "inbound" or fields["net_g"] <= 0:
            return
        net = fields["net_g"]
        measured = net, fields["gross_g"], fields["item_code"], seen.occurred_at
        window = windows.enter(context, _key(seen), seen, *measured)
        found = (net % _ROUND_G == 0 and self._round(seen, window, context)) or (
            window.number % _SELDOM == 0 and self._digits(seen, window, context)
        )
        windows.keep(context, window, 0 if found else _KEPT)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its weight leaves the window."""
        windows.leave(context, _key(seen), seen.index)

    def _round(self, seen: Seen, window: Window, context: Context) -> bool:
        rules = context.policy.rules
        division = seen.fields.get("division_mg")
        by_nature = _BY_HAND_PPM
        if division is not None:
            by_nature = statistics.share_ppm(division, 1000 * _ROUND_G)
        expected = by_nature + rules["round_packed_ppm"]
        allowed = [
            (rules["round_all_weights"], max(statistics.WHOLE, 3 * expected)),
            (rules["round_weights"], expected + rules["round_margin_ppm"]),
        ]
        return any(
            self._all_round(seen, window, size, most, context)
            for size, most in allowed
            if size <= window.size and most <= statistics.WHOLE
        )

    def _all_round(
        self, seen: Seen, window: Window, size: int, allowed: int, context: Context
    ) -> bool:
        entries = window.entries()[-size:]
        if len(set(column(entries, _ITEM))) < context.policy.rules["round_items"]:
            return False
        size = len(entries)
        whole = sum(net % _ROUND_G == 0 for net in column(entries, _NET))
        share = statistics.share_ppm(whole, size)
        measured = {"share_ppm": share, "weights": size}
        return self._report(
            seen, window, entries, context, "weight-round", measured, share, allowed
        )

    def _digits(self, seen: Seen, window: Window, context: Context) -> bool:
        rules = context.policy.rules
        division = seen.fields.get("division_mg")
        entries = window.entries()
        shown = sorted(set(column(entries, _GROSS)))
        if division is None or len(shown) < rules["digit_weights"]:
            return False
        counted = [1000 * gross // division for gross in shown]
        if not any(count % 2 for count in counted):
            counted = [count // 2 for count in counted]
        chi = statistics.chi_square_milli(count % 10 for count in counted)
        measured = {"chi_square_milli": chi, "weights": len(shown)}
        score = statistics.above(chi, rules["digit_chi_square_milli"])
        return self._report(seen, window, entries, context, "weight-digits", measured, score)

    def _report(
        self,
        seen: Seen,
        window: Window,
        entries: Sequence[Entry],
        context: Context,
        rule: str,
        measured: Mapping[str, int],
        score: int,
        threshold: int = statistics.HALF,
    ) -> bool:
        if score < threshold:
            return False
        place = place_of(seen)
        refs = window.refs(entries, context)
        case = Case(
            kind="weights-round",
            rule=rule,
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=refs,
            fields="net_g" if rule == "weight-round" else "gross_g",
            first_at=min(column(entries, _AT)),
            last_at=max(column(entries, _AT)),
            score_ppm=score,
            threshold_ppm=threshold,
            measured=measured,
            needs=len(refs) * 3 // 4,
            episodes=[f"{_key(seen)} {rule}"],
            again_days=context.policy.rules["again_days"],
        )
        return report(context, case)


def _key(seen: Seen) -> str:
    """The scale's window; of what is entered by hand the canteen's."""
    return f"round {seen.subject('device') or seen.subject('canteen')}"

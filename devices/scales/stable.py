"""When a weight may be believed: one weighing for each load, never from one frame alone.

    unknown ──empty──▶ empty ──at rest with a load──▶ weighed ──empty──▶ empty
                                  a Weighing

A reading is at rest once the same bytes came so many times in a row and over so long a time; where
the protocol says whether the scale stands still, each of them must say so as well. Thus a frame
that was damaged and passes its own check changes nothing, unless the same damage came every time.
What counts as empty is anything below the least load a scale of class III may weigh, twenty
divisions (OIML R 76-1 §3.2, JJG 539): it must be at rest as well. Nothing is weighed before the
scale was seen empty once, so a program that starts again does not weigh a load twice, and a load
that is added to is weighed once.

No clock: the caller says when, in milliseconds that never go backwards.
"""

from dataclasses import dataclass, field
from typing import Literal

from devices.scales.frame import Frame, Kind
from devices.scales.units import UG_PER_MG, Unit, grams

State = Literal["unknown", "empty", "settling", "weighed", "overload", "underload"]
TareSource = Literal["stored", "weighed", "preset", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class Steady:
    """What rest means.

    Attributes:
        equal: so many frames in a row with the same bytes, at least 2.
        span_ms: from the first of them to the last.
    """

    equal: int
    span_ms: int

    def __post_init__(self) -> None:
        """One frame is never enough."""
        if self.equal < 2 or self.span_ms < 0:
            raise ValueError("rest needs two equal frames at least, and no negative time")


@dataclass(frozen=True, slots=True)
class Rule:
    """How weights of one scale are judged.

    Attributes:
        flagged: rest, where frames say whether the scale stands still.
        unflagged: rest, where they do not.
        gap_ms: after a silence this long, counting begins anew.
        least_divisions: a load is at least so many divisions.
        division_ug: the scale's division as its plate has it; None: what the digits can show.
        shows: what is displayed where the protocol does not tell gross from net.
    """

    flagged: Steady = Steady(equal=3, span_ms=300)
    unflagged: Steady = Steady(equal=5, span_ms=1_000)
    gap_ms: int = 3_000
    least_divisions: int = 20
    division_ug: int | None = None
    shows: Literal["gross", "net"] = "gross"


@dataclass(frozen=True, slots=True)
class Weighing:
    """One load, weighed once.

    Attributes:
        gross_ug: with its container; None where the scale shows net and no tare is known.
        tare_ug: the container; None where it is not known.
        net_ug: the goods.
        tare_source: stored in the scale, weighed by it just before, preset by the operator, none;
            unknown where the scale has one and does not say which.
        unit: as displayed.
        division_ug: of the scale.
        frame: the last of the equal frames.
        equal: how many there were.
        began_ms: when the first of them came.
        at_ms: when the last one did.
    """

    gross_ug: int | None
    tare_ug: int | None
    net_ug: int
    tare_source: TareSource
    unit: Unit
    division_ug: int
    frame: Frame
    equal: int
    began_ms: int
    at_ms: int

    @property
    def gross_g(self) -> int | None:
        """Whole grams."""
        return None if self.gross_ug is None else grams(self.gross_ug)

    @property
    def tare_g(self) -> int | None:
        """Whole grams."""
        return None if self.tare_ug is None else grams(self.tare_ug)

    @property
    def net_g(self) -> int:
        """Whole grams: what is left of gross less tare, where both are known."""
        gross_g, tare_g = self.gross_g, self.tare_g
        return grams(self.net_ug) if gross_g is None or tare_g is None else gross_g - tare_g

    @property
    def division_mg(self) -> int:
        """Whole milligrams, at least 1."""
        return max(1, self.division_ug // UG_PER_MG)


@dataclass(slots=True)
class _Run:
    """Equal frames in a row."""

    frame: Frame | None = None
    equal: int = 0
    began_ms: int = 0
    last_ms: int = 0

    def add(self, frame: Frame, at_ms: int, gap_ms: int) -> None:
        if self.frame is None or frame.raw != self.frame.raw or at_ms - self.last_ms > gap_ms:
            self.frame, self.equal, self.began_ms = frame, 0, at_ms
        self.equal += 1
        self.last_ms = at_ms

    def broken(self) -> None:
        self.frame, self.equal = None, 0


@dataclass(slots=True)
class StableWeight:
    """Frames of one scale in, weighings out.

    Attributes:
        rule: how they are judged.
        state: what the scale is doing.
        preset_tare_ug: the container's weight as the operator gave it, or None.
        needs_tare: whether the scale is asked for its tare, so that no answer is no tare of 0.
    """

    rule: Rule = field(default_factory=Rule)
    state: State = "unknown"
    preset_tare_ug: int | None = None
    needs_tare: bool = False
    _armed: bool = False
    _seen: bool = False
    _weights: _Run = field(default_factory=_Run)
    _tares: _Run = field(default_factory=_Run)
    _container_ug: int | None = None
    _weighed_tare_ug: int | None = None

    @property
    def armed(self) -> bool:
        """Whether the scale was seen empty, and no load was weighed since."""
        return self._armed

    def resume(self) -> None:
        """It was seen empty before the program ended, and no load was weighed since: one is now."""
        self._armed = self._seen = True

    def cut(self) -> None:
        """The line was interrupted: what came before does not count with what comes after."""
        self._weights.broken()
        self._tares.broken()

    def observe(self, frame: Frame, at_ms: int) -> Weighing | None:
        """Take one frame; the weighing that it completes, if it does."""
        if frame.kind == "tare":
            self._tares.add(frame, at_ms, self.rule.gap_ms)
            return None
        if frame.overload or frame.underload:
            self._weights.broken()
            self.state = "overload" if frame.overload else "underload"
            return None
        if frame.value is None:
            return None
        if frame.motion:
            self._weights.broken()
            self._settling()
            return None
        self._weights.add(frame, at_ms, self.rule.gap_ms)
        if not self._at_rest(self._weights):
            self._settling()
            return None
        return self._rested(frame, at_ms)

    def _settling(self) -> None:
        self.state = "settling" if self._seen else "unknown"

    def _at_rest(self, run: _Run) -> bool:
        if run.frame is None:
            return False
        rest = self.rule.unflagged if run.frame.stable is None else self.rule.flagged
        return run.equal >= rest.equal and run.last_ms - run.began_ms >= rest.span_ms

    def _rested(self, frame: Frame, at_ms: int) -> Weighing | None:
        weight_ug = frame.weight_ug
        assert weight_ug is not None
        division_ug = self.rule.division_ug or frame.division_ug
        kind: Kind = frame.kind or self.rule.shows
        if not self._tare_is_sure(at_ms):
            self._settling()
            return None
        # A tared container leaves the gross weight where it is: what is left of it is the load.
        tared_ug = self._told_tare_ug() if kind == "gross" else 0
        if weight_ug - tared_ug < self.rule.least_divisions * division_ug:
            self._emptied(kind)
            return None
        self.state = "weighed" if self._seen else "unknown"
        if not self._armed:
            return None
        self._armed = False
        if kind == "gross":
            self._container_ug = weight_ug
        gross_ug, tare_ug, net_ug, source = self._parted(kind, weight_ug, frame.tare_ug)
        return Weighing(
            gross_ug, tare_ug, net_ug, source, frame.unit, division_ug, frame,
            self._weights.equal, self._weights.began_ms, at_ms,
        )  # fmt: skip

    def _emptied(self, kind: Kind) -> None:
        """Empty, or a container on it whose weight the scale has just taken off."""
        if kind == "gross":
            self._container_ug = self._weighed_tare_ug = None
        elif self._container_ug is not None:
            self._weighed_tare_ug, self._container_ug = self._container_ug, None
        self.state, self._seen, self._armed = "empty", True, True

    def _tare_is_sure(self, at_ms: int) -> bool:
        """A tare that comes in frames of its own counts as a weight does: the same bytes again."""
        if self._tares.frame is None or at_ms - self._tares.last_ms > self.rule.gap_ms:
            self._tares.broken()
            return not self.needs_tare
        return self._at_rest(self._tares)

    def _told_tare_ug(self) -> int:
        return 0 if self._tares.frame is None else self._tares.frame.weight_ug or 0

    def _parted(
        self, kind: Kind, weight_ug: int, own_ug: int | None
    ) -> tuple[int | None, int | None, int, TareSource]:
        """Gross, tare, net, and where the tare comes from."""
        source: TareSource = "stored"
        tare_ug = self._told_tare_ug() or own_ug
        if not tare_ug and kind == "net":
            tare_ug = self._weighed_tare_ug
            source = "unknown" if tare_ug is None else "weighed"
        if not tare_ug and kind == "gross":
            tare_ug = self.preset_tare_ug or 0
            source = "preset" if tare_ug else "none"
        if kind == "gross":
            assert tare_ug is not None
            return weight_ug, tare_ug, weight_ug - tare_ug, source
        return None if tare_ug is None else weight_ug + tare_ug, tare_ug, weight_ug, source

"""As much of PromQL as docs/alerts.yml uses: whether an expression is one, and of which kind.

    expression   operand (operator [on (labels)] operand)…
    operand      [-] number | selector | function (…) | aggregation [by (labels)] (…) | ( expression )
    selector     name [{label op "value", …}] [[duration]]

After the grammar in Prometheus' documentation (querying: basics, operators, functions). `promtool`
knows all of it, and takes longer to build than everything else here together.
"""

import re
from typing import Final, Literal

Kind = Literal["scalar", "vector", "range"]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w])|(?P<word>[A-Za-z_][\w]*)"
    r'|(?P<text>"[^"]*")|(?P<span>\[\d+[smhd]\])|(?P<sign>==|!=|>=|<=|=~|!~|[-+*/(){},<>=]))'
)
_FUNCTIONS: Final[dict[str, tuple[Kind, tuple[Kind, ...]]]] = {
    "absent": ("vector", ("vector",)),
    "histogram_quantile": ("vector", ("scalar", "vector")),
    "hour": ("vector", ()),
    "increase": ("vector", ("range",)),
    "predict_linear": ("vector", ("range", "scalar")),
    "rate": ("vector", ("range",)),
}
_AGGREGATIONS: Final = frozenset({"max", "min", "sum"})
_BINDING: Final = {
    "or": 1, "and": 2, "==": 3, "!=": 3, ">": 3, "<": 3, ">=": 3, "<=": 3, "+": 4, "-": 4, "*": 5, "/": 5,
}  # fmt: skip


class PromqlError(ValueError):
    """It is no expression that Prometheus would take."""


def kind_of(expression: str) -> Kind:
    """The kind of an expression's value.

    Raises:
        PromqlError: it has none.
    """
    parser = _Parser(expression)
    kind = parser.expression(0)
    parser.end()
    return kind


class _Parser:
    def __init__(self, expression: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while expression[at:].strip():
            found = _TOKEN.match(expression, at)
            if found is None or found.lastgroup is None:
                raise PromqlError(f"what is {expression[at:]!r}")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self._tokens.append(("end", ""))

    def expression(self, least: int) -> Kind:
        left = self._operand()
        while (binding := _BINDING.get(self._next[1], 0)) > least:
            operator = self._take()
            if self._next == ("word", "on"):
                self._take()
                self._labels()
            right = self.expression(binding)
            if "range" in (left, right) or (binding < 3 and "scalar" in (left, right)):
                raise PromqlError(f"{left} {operator} {right}")
            left = "scalar" if left == right == "scalar" else "vector"
        return left

    def end(self) -> None:
        self._take("end")

    @property
    def _next(self) -> tuple[str, str]:
        return self._tokens[0]

    def _take(self, *wanted: str) -> str:
        kind, text = self._tokens.pop(0)
        if wanted and kind not in wanted and text not in wanted:
            raise PromqlError(f"{text!r} where {' or '.join(wanted)} belongs")
        return text

    def _operand(self) -> Kind:
        if self._next[1] == "-":
            self._take()
            return self._operand()
        if self._next[0] == "number":
            self._take()
            return "scalar"
        if self._next[1] == "(":
            self._take()
            inside = self.expression(0)
            self._take(")")
            return inside
        word = self._take("word")
        if word in _AGGREGATIONS:
            if self._next[1] == "by":
                self._take()
                self._labels()
            self._arguments(("vector",))
            return "vector"
        if word in _FUNCTIONS:
            kind, arguments = _FUNCTIONS[word]
            self._arguments(arguments)
            return kind
        return self._selector()

    def _arguments(self, kinds: tuple[Kind, ...]) -> None:
        self._take("(")
        for place, kind in enumerate(kinds):
            if place:
                self._take(",")
            if (found := self.expression(0)) != kind:
                raise PromqlError(f"{found} where {kind} belongs")
        self._take(")")

    def _labels(self) -> None:
        self._take("(")
        while self._next[1] != ")":
            self._take("word")
            if self._next[1] != ")":
                self._take(",")
        self._take(")")

    def _selector(self) -> Kind:
        if self._next[1] == "{":
            self._take()
            while self._next[1] != "}":
                self._take("word")
                matcher = self._take("=", "!=", "=~", "!~")
                value = self._take("text")
                if matcher in ("=~", "!~"):
                    re.compile(value[1:-1])
                if self._next[1] != "}":
                    self._take(",")
            self._take("}")
        if self._next[0] == "span":
            self._take()
            return "range"
        return "vector"

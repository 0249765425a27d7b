"""One page: the introduction with its tables, then every type by family."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from string import Template
from typing import Any

from api.type_pages import fields
from api.type_pages.language import Language
from ledger.evidence import catalogue, names, roles, worked
from ledger.evidence.definition import ANY_TYPE, EVERYWHERE, BlobRule, EvidenceType
from ledger.replay import MUST_EXIST
from ledger.statement import ABOUT_A_RECORD


def render(words: Language) -> str:
    """The page in one language, as it stands in `docs/`."""
    introduction = resources.files("api.type_pages").joinpath(words.introduction)
    families: dict[str, list[EvidenceType]] = defaultdict(list)
    for kind in catalogue.TYPES.values():
        families[kind.family].append(kind)
    begun = Template(introduction.read_text("utf-8")).substitute(
        contents="\n".join(_contents(families, words)),
        roles="\n".join(_roles(words)),
        links="\n".join(_links(words)),
    )
    parts = [begun.rstrip("\n")]
    for family, kinds in families.items():
        parts.append(f"## {words.family(family)}")
        parts += ["\n".join(_type(kind, words)) for kind in kinds]
    return "\n\n".join(parts) + "\n"


def _contents(families: Mapping[str, Sequence[EvidenceType]], words: Language) -> Iterator[str]:
    for family, kinds in families.items():
        yield f"- **{words.family(family)}**{words.colon}" + words.between.join(
            f"[{_called(kind, words)}](#{kind.name})" for kind in kinds
        )


def _called(kind: EvidenceType, words: Language) -> str:
    return names.TYPES_ZH[kind.name] if words.chinese else kind.name


def _roles(words: Language) -> Iterator[str]:
    yield from _head(words, "side", "roles", "alone")
    for side, members in roles.SIDES.items():
        yield _row(
            names.SIDES_ZH[side] if words.chinese else side,
            words.roles(members),
            words.roles(members & roles.EXCLUSIVE) or words.none,
        )


def _links(words: Language) -> Iterator[str]:
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for kind in catalogue.TYPES.values():
        for rel, leads_to in kind.links.items():
            found[rel][kind.name] = leads_to
    yield from _head(words, "rel", "says", "from", "to", "target")
    for rel, (en, zh) in names.LINKS.items():
        if rel in EVERYWHERE:
            sources, targets = [words.anything], [words.anything]
        else:
            sources = [_to(kind, words) for kind in found[rel]] or [words.none]
            targets = _targets({name for each in found[rel].values() for name in each}, words)
        yield _row(
            f"`{rel}`",
            zh if words.chinese else en,
            words.between.join(sources),
            words.between.join(targets) or words.none,
            words.facts[_target(rel)],
        )


def _target(rel: str) -> str:
    if rel in ABOUT_A_RECORD:
        return "exists_sha"
    return "exists" if rel in MUST_EXIST else "later"


def _targets(found: Iterable[str], words: Language) -> list[str]:
    if ANY_TYPE in found:
        return [words.anything]
    return [_to(name, words) for name in sorted(found)]


def _to(name: str, words: Language) -> str:
    called = words.type(name)
    return f"[{called}](#{name})" if name in catalogue.TYPES else called


def _type(kind: EvidenceType, words: Language) -> Iterator[str]:
    yield f'<a id="{kind.name}"></a>'
    yield ""
    yield f"### {words.type(kind.name)}"
    yield ""
    yield kind.rule_zh if words.chinese else kind.rule_en
    yield ""
    yield from _facts(kind, words)
    yield ""
    yield f"**{words.headings['fields']}**"
    yield ""
    yield from _head(words, "field", "kind", "required", "meaning")
    for row in fields.rows(kind, words):
        yield _row(f"`{row.path}`", row.kind, words.yes if row.required else "", row.meaning)
    yield ""
    yield f"**{words.headings['example']}**"
    yield ""
    yield "```json"
    yield json.dumps(kind.example, ensure_ascii=False, indent=2)
    yield "```"
    yield ""
    yield f"**{words.headings['refused']}**"
    yield ""
    yield from _refused(kind, words)


def _facts(kind: EvidenceType, words: Language) -> Iterator[str]:
    facts = words.facts
    told: dict[str, Iterable[str]] = {
        facts["posters"]: [words.roles(kind.posters)],
        facts["open"]: [facts["is_open"]] if kind.open else [],
        facts["bound"]: [f"`{kind.bound_field}`"] if kind.bound_field else [],
        facts["document"]: [words.between.join(f"`{name}`" for name in kind.document_key)],
        facts["subjects"]: [words.between.join(f"`{name}`" for name in worked.subjects(kind))],
        facts["files"]: [_file(rule, words) for rule in kind.blobs],
        facts["links"]: [_link(kind, rel, words) for rel in sorted(kind.links)],
    }
    for name, lines in told.items():
        shown = [line for line in lines if line]
        if shown:
            yield f"- **{name}**{words.colon}" + words.semicolon.join(shown)


def _file(rule: BlobRule, words: Language) -> str:
    marks = [words.facts[name] for name in ("required", "many", "personal", "fresh")
             if getattr(rule, name)]  # fmt: skip
    media = words.between.join([*marks, *rule.media_types])
    return words.file(rule.role) + words.brackets.format(media)


def _link(kind: EvidenceType, rel: str, words: Language) -> str:
    to = words.between.join(_targets(kind.links[rel], words))
    needed = words.brackets.format(words.facts["required"]) if rel in kind.required_links else ""
    return words.facts["link"].format(rel=rel, to=to) + needed


def _refused(kind: EvidenceType, words: Language) -> Iterator[str]:
    if words.chinese:
        yield from _head(words, "changes", "pointer", "code", "message")
    else:
        yield from _head(words, "rule", "changes", "pointer", "code", "message")
    for refused in kind.refused:
        fault = worked.fault(kind, refused)
        rule = [] if words.chinese else [refused.rule]
        yield _row(
            *rule,
            "<br>".join(_change(change) for change in refused.patch(kind.example)),
            f"`{refused.pointer}`" if refused.pointer else '`""`',
            f"`{refused.code}`",
            _plain(fault.message_zh if words.chinese else fault.message_en),
        )


def _change(change: Mapping[str, Any]) -> str:
    if change["op"] == "remove":
        return f"− `{change['path']}`"
    value = json.dumps(change["value"], ensure_ascii=False)
    if len(value) > 100:
        value = value[:99] + "…"
    return f"`{change['path']}` := `{value}`"


def _plain(text: str) -> str:
    """A sentence that the page shows as it is, patterns in it too."""
    return text.replace("<", "&lt;").replace("*", "\\*")


def _head(words: Language, *columns: str) -> Iterator[str]:
    yield _row(*(words.headings[name] for name in columns))
    yield "|" + "---|" * len(columns)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("\\|", "|").replace("|", "\\|") for cell in cells) + " |"

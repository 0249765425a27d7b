"""A reading made into evidence (证照记录): `certificate` or `health-certificate`, the scan its file.

The record says what was read, by which reader, how surely, and who held it against the scan. It says
it in numbers and names of fields. What a person typed over is said as it was read as well, except of
a health certificate: its texts are a person's, and `ext` is shown to everybody who may see the record.
The name on a health certificate is
shown to whoever confirms, and goes no further.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.client import Evidence
from devices.intake import dates
from devices.intake.reading import OPTIONAL, Reading
from ledger.canonical import JsonInput
from ledger.errors import MalformedError
from ledger.statement import Link


@dataclass(frozen=True, slots=True)
class Said:
    """What the paper does not say and the record needs.

    Attributes:
        accountable: who answers for the record, as a pseudonym.
        holder: of a certificate: whose it is.
        scope: of a certificate: what it permits.
        staff: of a health certificate: whose it is, as a pseudonym.
        employer: of a health certificate.
        confirmed_by: who held the reading against the scan; None: nobody had to.
        renews: id of the record of the paper it replaces, and that statement's hash; or None.
    """

    accountable: str
    holder: str | None = None
    scope: Sequence[str] = ()
    staff: str | None = None
    employer: str | None = None
    confirmed_by: str | None = None
    renews: Link | None = None


def evidence(
    reading: Reading,
    said: Said,
    scan: tuple[bytes, str],
    *,
    read_with: str,
    occurred_at: str,
    page: int | None = None,
) -> Evidence:
    """The evidence to be posted, its scan attached.

    Args:
        reading: confirmed where it was in doubt.
        said: the rest.
        scan: bytes and media type of the scan.
        read_with: the reader's name and version.
        occurred_at: when the paper was read.
        page: of a PDF, the one that was read, from 1.

    Raises:
        MalformedError: a field is in doubt still, or something that the record needs was not said.
    """
    left = [field.name for field in reading.doubtful]
    if left:
        raise MalformedError(f"a person must confirm {', '.join(left)} first")
    if said.confirmed_by is None and any(field.confirmed for field in reading.fields.values()):
        raise MalformedError("a person confirmed, and nobody is named: confirmed_by")
    typed = [
        field.name
        for field in reading.fields.values()
        if field.typed and field.name not in OPTIONAL
    ]
    payload: dict[str, JsonInput] = {
        "accountable": said.accountable,
        "certificate_no": reading.value("certificate_no"),
        "issuing_authority": reading.value("issuing_authority"),
        "issued_on": reading.value("issued_on"),
        "read_by": "manual" if typed else "ocr",
        "ext": _ext(reading, typed, read_with, page),
    }
    if reading.score_ppm:
        payload["ocr_score_ppm"] = reading.score_ppm
    if said.confirmed_by is not None:
        payload["confirmed_by"] = said.confirmed_by
    until = reading.value("valid_until")
    payload["valid_until"] = None if until == dates.OPEN_ENDED else until
    if reading.paper.type == "certificate":
        if said.holder is None or not said.scope:
            raise MalformedError("a certificate has a holder and a scope")
        payload["holder"] = said.holder
        payload["certificate_kind"] = reading.paper.kind
        payload["number_scheme"] = reading.paper.scheme
        payload["scope"] = list(said.scope)
    else:
        if said.staff is None or said.employer is None:
            raise MalformedError("a health certificate has staff and employer")
        payload["staff"] = said.staff
        payload["employer"] = said.employer
        payload["examined_on"] = reading.value("examined_on")
    return Evidence(
        reading.paper.type,
        payload,
        occurred_at,
        blobs={"scan": scan},
        links=() if said.renews is None else (said.renews,),
    )


def _ext(
    reading: Reading, typed: Sequence[str], read_with: str, page: int | None
) -> dict[str, JsonInput]:
    scores: dict[str, JsonInput] = {
        field.name: field.score_ppm
        for field in reading.fields.values()
        if field.value is not None and not field.typed and field.name not in OPTIONAL
    }
    found: dict[str, JsonInput] = {"read_with": read_with, "read_ppm": scores}
    if page is not None:
        found["page"] = page
    confirmed: list[JsonInput] = [
        field.name
        for field in reading.fields.values()
        if field.confirmed and field.name not in OPTIONAL
    ]
    if confirmed:
        found["confirmed"] = confirmed
    cleared: dict[str, JsonInput] = {
        field.name: list(field.cleared) for field in reading.fields.values() if field.cleared
    }
    if cleared:
        found["doubts_cleared"] = cleared
    if typed:
        found["typed"] = list(typed)
        if reading.paper.type == "certificate":
            found["typed_over"] = {name: reading.fields[name].read for name in typed}
    return found

"""Who is who: from a staff number, card or QR code to the pseudonym of this school year.

The file stays on the gateway: names, numbers and faces never leave it with a record, only `person:`
does. It holds for each member of staff the codes a device may tell, the pseudonym that
`POST /v1/pseudonyms` gave, and the health certificate (健康证) in force with its last day:

    {"school_year": 2026, "people": [
      {"codes": ["0012", "card-77"], "person": "person:c3xw6ofm2ktq7vzj5ynbhapdre",
       "health_certificate": "01a206fd-6778-7a62-a7b8-000000000030",
       "valid_until": "2027-08-14"}]}

Pseudonyms of last year are not used in this one: whoever is looked up then is unknown until
`mealtrace-gateway people` has asked for new ones.
"""

import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

import orjson

from ledger.errors import MalformedError, UnavailableError
from ledger.statement import ID

_PERSON: Final = re.compile(r"person:[a-z2-7]{26}", re.ASCII)
_SCHOOL_YEAR_BEGINS: Final = 9


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff, as the gateway knows them.

    Attributes:
        codes: what devices call this person: staff number, card, the text of a QR code.
        person: the pseudonym.
        health_certificate: id of the record of the certificate in force; None: none is known.
        valid_until: the certificate's last day, `2027-08-14`.
    """

    codes: tuple[str, ...]
    person: str
    health_certificate: str | None = None
    valid_until: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        members: dict[str, Any] = {"codes": list(self.codes), "person": self.person}
        if self.health_certificate is not None:
            members["health_certificate"] = self.health_certificate
            members["valid_until"] = self.valid_until
        return members


class People(Protocol):
    """Finds people by what a device calls them."""

    def find(self, code: str, on: date) -> Member | None:
        """Whom a code means on a day; None: nobody that is known, or not in that school year."""
        ...


def school_year(day: date) -> int:
    """The year in which the school year of a day began (September)."""
    return day.year if day.month >= _SCHOOL_YEAR_BEGINS else day.year - 1


class KnownPeople:
    """People held in memory."""

    def __init__(self, members: Iterable[Member], year: int) -> None:
        self.year = year
        self.members = tuple(members)
        self._by_code: dict[str, Member] = {}
        for place, member in enumerate(self.members):
            for code in member.codes:
                if code in self._by_code:
                    # Not which: what is wrong with this list is shown on the status page.
                    raise MalformedError(f"a code of people[{place}] stands for somebody before")
                self._by_code[code] = member

    def find(self, code: str, on: date) -> Member | None:
        """Whom a code means on a day."""
        return self._by_code.get(code) if school_year(on) == self.year else None


class PeopleFile:
    """The file, read again whenever it has changed.

    Attributes:
        fault: why the file that lies there now is not used; None: it is.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = KnownPeople((), 0)
        self._seen: tuple[int, int] | None = None
        self.fault: str | None = None

    def find(self, code: str, on: date) -> Member | None:
        """Whom a code means on a day. While the file is faulty, whoever stood in the one before."""
        try:
            found = self._path.stat()
            if self._seen != (found.st_mtime_ns, found.st_size):
                self._known = read(self._path)
                self._seen = (found.st_mtime_ns, found.st_size)
            self.fault = None
        except (OSError, MalformedError, UnavailableError) as error:
            self.fault = f"{type(error).__name__}: {error}"
        return self._known.find(code, on)


def read(path: Path) -> KnownPeople:
    """The people of a file.

    Raises:
        MalformedError: it is no such file, or others than its owner may read it.
        UnavailableError: it cannot be read.
    """
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise MalformedError(f"{path.name} is open to others: chmod 600 {path.name}")
        return parse(path.read_bytes())
    except OSError as error:
        raise UnavailableError("the list of people cannot be read", reason=str(error)) from error


def parse(data: bytes) -> KnownPeople:
    """The people of a file's bytes.

    Raises:
        MalformedError: anything else than the docstring of this module shows.
    """
    try:
        document = orjson.loads(data)
    except ValueError as error:
        raise MalformedError(f"the list of people is no JSON: {error}") from error
    if not isinstance(document, dict) or document.keys() != {"school_year", "people"}:
        raise MalformedError("the list of people has the members school_year and people")
    year, people = document["school_year"], document["people"]
    if type(year) is not int or not isinstance(people, list):
        raise MalformedError("school_year is a number, people is a list")
    return KnownPeople([_member(place, one) for place, one in enumerate(people)], year)


def serialise(people: KnownPeople) -> bytes:
    """The bytes of a file."""
    document = {"school_year": people.year, "people": [one.to_json() for one in people.members]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def _member(place: int, value: object) -> Member:
    where = f"people[{place}]"
    allowed = {"codes", "person", "health_certificate", "valid_until"}
    if not isinstance(value, Mapping) or not value.keys() <= allowed:
        raise MalformedError(f"{where} has the members {', '.join(sorted(allowed))} and no others")
    codes, person = value.get("codes"), value.get("person")
    if not isinstance(codes, list) or not codes or not all(type(c) is str and c for c in codes):
        raise MalformedError(f"{where}.codes is a list of texts")
    if type(person) is not str or not _PERSON.fullmatch(person):
        raise MalformedError(f"{where}.person is no pseudonym: POST /v1/pseudonyms gives one")
    certificate, until = value.get("health_certificate"), value.get("valid_until")
    if (certificate is None) != (until is None):
        raise MalformedError(f"{where}: health_certificate and valid_until stand together")
    if certificate is not None:
        if type(certificate) is not str or not ID.fullmatch(certificate):
            raise MalformedError(f"{where}.health_certificate is no record id")
        if type(until) is not str or not _is_day(until):
            raise MalformedError(f"{where}.valid_until is no day; write 2027-08-14")
    return Member(tuple(codes), person, certificate, until)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

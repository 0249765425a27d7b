"""The registry: who is a party, in which roles, and which machines speak for whom (EVIDENCE §1).

A fold over the open entries of a log, on top of `ledger.standing`, which keeps keys and mandates.
The append transaction asks it before an entry is written, an audit when the entry is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger import subject
from ledger.entry import Open
from ledger.errors import Fault, MalformedError, RefusedError
from ledger.evidence import roles
from ledger.governance import DeviceRegistration, Mandate
from ledger.standing import MACHINES, Standing
from ledger.statement import Statement

_NOBODY: Final[frozenset[str]] = frozenset()
_NAMED: Final = {"~engine": frozenset({"engine"}), "~admin": frozenset({"admin"})}


@dataclass(frozen=True, slots=True)
class Device:
    """A registered device.

    Attributes:
        device: its subject, `device:` or `camera:`.
        owner: the party that owns it.
        gateway: whose key signs for it; None: its own.
        kind: what it is, `scale` for instance.
        registered_at: index of the registration that counts, the last one.
    """

    device: str
    owner: str
    gateway: str | None
    kind: str
    registered_at: int

    @property
    def issuer(self) -> str:
        """The party that signs its readings."""
        return self.gateway or self.device


class Registry:
    """Parties, roles and devices after some entries; `standing` is folded along.

    Requires that nothing else applies entries to `standing`.
    """

    def __init__(self, standing: Standing) -> None:
        """A registry over `standing`, which must be empty."""
        self.standing = standing
        self._names: dict[str, str | None] = {}
        self._roles: dict[str, frozenset[str]] = {}
        self._ever: dict[str, frozenset[str]] = {}
        self._devices: dict[str, Device] = {}
        self._principals: dict[str, set[str]] = {}
        self._submitters: dict[str, set[str]] = {}

    def roles(self, party: str) -> frozenset[str]:
        """The roles a party holds now.

        A device or gateway holds `device` or `camera` from its device-registration on; the
        operator's units `~engine` and `~admin` hold the role they are named for.
        """
        granted = self._roles.get(party, _NOBODY)
        if party.startswith("operator:"):
            granted |= _NAMED.get(party[party.find("~") :], _NOBODY)
        return granted

    def parties(self) -> Mapping[str, str | None]:
        """Every registered party with its name; None for sole traders."""
        return self._names

    def device(self, device: str) -> Device | None:
        """A registered device."""
        return self._devices.get(device)

    def owner(self, machine: str) -> str | None:
        """The owner of a registered device, or of the devices behind a gateway."""
        return self.standing.owners.get(machine)

    def principals(self, party: str) -> frozenset[str]:
        """Who ever gave a party a mandate to post for it."""
        return frozenset(self._principals.get(party, ()))

    def check_open(
        self, statement: Statement, signature: str | None, opened: Open, index: int
    ) -> None:
        """Check an open entry before it is applied; the state stays as it is.

        Raises:
            MalformedError: the payload is not its type's.
            VerificationError: keys, authorities or the commitment speak against it.
            RefusedError: `wall`, it would put two sides, or roles that exclude each other, into
                one party.
        """
        self.standing.check_open(statement, signature, opened, index)
        payload = opened.payload
        match statement.type:
            case "party-registration":
                _party_registration(payload)
            case "role-grant":
                party, role, granted = _role_grant(payload)
                if granted:
                    self._check_wall(party, role)
            case "device-registration":
                device, role = _device_registration(payload, index)
                self._check_wall(device.issuer, role)
            case "mandate":
                mandate = Mandate.of_json(payload)
                for role in sorted(self._held(mandate.principal)):
                    self._check_clash(mandate.submitter, role)

    def apply(
        self,
        statement: Statement,
        signature: str | None,
        opened: Open,
        index: int,
        leaf_hash: bytes,
    ) -> None:
        """Take in an open entry that `check_open` let pass."""
        self.standing.apply(statement, signature, opened, index, leaf_hash)
        payload = opened.payload
        match statement.type:
            case "party-registration":
                party, name = _party_registration(payload)
                self._names[party] = name
            case "role-grant":
                party, role, granted = _role_grant(payload)
                if granted:
                    self._grant(party, role)
                else:
                    self._roles[party] = self._roles.get(party, _NOBODY) - {role}
            case "device-registration":
                device, role = _device_registration(payload, index)
                self._devices[device.device] = device
                self._grant(device.issuer, role)
            case "mandate":
                mandate = Mandate.of_json(payload)
                self._principals.setdefault(mandate.submitter, set()).add(mandate.principal)
                self._submitters.setdefault(mandate.principal, set()).add(mandate.submitter)

    def _grant(self, party: str, role: str) -> None:
        self._roles[party] = self._roles.get(party, _NOBODY) | {role}
        self._ever[party] = self._ever.get(party, _NOBODY) | {role}

    def _held(self, party: str) -> frozenset[str]:
        """Every role the party ever held itself."""
        return self._ever.get(party, _NOBODY) | self.roles(party)

    def _check_wall(self, party: str, role: str) -> None:
        """Refuse a role to a party, for its own sake and for those who post for it."""
        self._check_clash(party, role)
        for submitter in sorted(self._submitters.get(party, ())):
            self._check_clash(submitter, role, but_for=party)

    def _check_clash(self, party: str, role: str, *, but_for: str | None = None) -> None:
        """Refuse `role` to a party; for the wall it holds its principals' roles too."""
        held = set(self._held(party))
        for principal in self._principals.get(party, ()):
            if principal != but_for:
                held |= self._held(principal)
        other = roles.clash(held, role)
        if other is not None:
            raise RefusedError(
                "wall",
                [
                    Fault(
                        "/payload",
                        "wall",
                        f"{party} stands as {other} already, which excludes {role}: money, "
                        "procurement, goods and oversight are never in one hand; let another party do it",
                        f"{party} 已担任 {other}，不得兼任 {role}：管钱不管物、管物不管钱；请换用另一主体",
                    )
                ],
            )


def _party_registration(payload: Mapping[str, Any]) -> tuple[str, str | None]:
    if payload.keys() != {"party", "name"}:
        raise MalformedError("a party-registration has exactly name and party")
    name = payload["name"]
    if name is not None and (type(name) is not str or not name):
        raise MalformedError("the name of a party is text, or null for a sole trader")
    return subject.check(payload["party"], "party"), name


def _role_grant(payload: Mapping[str, Any]) -> tuple[str, str, bool]:
    if payload.keys() != {"party", "role", "granted"}:
        raise MalformedError("a role-grant has exactly granted, party and role")
    role, granted = payload["role"], payload["granted"]
    if type(role) is not str or role not in roles.ROLES:
        raise MalformedError(f"no such role: {role!r:.80}")
    if type(granted) is not bool:
        raise MalformedError("granted of a role-grant is true or false")
    return subject.check(payload["party"], "party"), role, granted


def _device_registration(payload: Mapping[str, Any], index: int) -> tuple[Device, str]:
    """The device, and the role its issuer comes to hold."""
    parsed = DeviceRegistration.of_json(payload)
    for name in (parsed.device, parsed.gateway):
        if name is not None and subject.kind(name) not in MACHINES:
            raise MalformedError(f"neither device, gateway nor camera: {name}")
    kind = payload["kind"]
    if type(kind) is not str:
        raise MalformedError("kind of a device-registration is not text")
    device = Device(parsed.device, parsed.owner, parsed.gateway, kind, index)
    return device, "camera" if subject.kind(device.device) == "camera" else "device"

"""Who takes part in the demo's school day: parties with made-up names and valid numbers."""

from dataclasses import dataclass

OPERATOR = "operator:91210500MA0XR22L6F"
ADMISSION = "bureau:11210500001234567Y~admission"
FUNDS = "bureau:11210500001234567Y~funds"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"
AUDITOR = "auditor:12210500MB0A1203X6~education"
BANK = "bank:91210500MA10D3WN2E"
MEAT = "supplier:91210500MA0UTC1A0P"
GREENS = "supplier:91210500MA0YK7QX5T"
LABOUR = "labour:91210500MA0P7C4K8D"
SCHOOL = "school:2105020001"
CANTEEN = "canteen:2105020001~01"
GATEWAY = "gateway:bx-0001"
CAMERA_GATEWAY = "gateway:bx-0001-eyes"
SCALES = tuple(f"device:bx-0001-scale-{number}" for number in range(1, 5))
"""Three at the delivery door, one for kitchen waste."""
CABINETS = tuple(f"device:bx-0001-cabinet-{number}" for number in (1, 2))
CHECKER = "device:bx-0001-checker-1"
CAMERA = "camera:bx-0001-kitchen-1"


@dataclass(frozen=True, slots=True)
class Party:
    """One party: what it is called, which roles it is granted, and whether it has a key."""

    party: str
    name: str
    roles: tuple[str, ...]
    signs: bool = False


CAST = (
    Party(ADMISSION, "本溪示范教育局 准入科", ("bureau-admission",), signs=True),
    Party(FUNDS, "本溪示范教育局 资金科", ("bureau-funds",)),
    Party(REGULATOR, "示范市场监管所", ("regulator",)),
    Party(AUDITOR, "示范审计所", ("auditor",)),
    Party(BANK, "示范银行", ("bank",)),
    Party(MEAT, "本溪青山肉业", ("supplier",), signs=True),
    Party(GREENS, "本溪田园蔬菜", ("supplier",)),
    Party(LABOUR, "示范劳务公司", ("labour",)),
    Party(SCHOOL, "第一示范小学", ("school", "school-acceptance", "kitchen"), signs=True),
    Party(GATEWAY, "第一示范小学 后厨网关", ("device", "camera"), signs=True),
)
"""Keys make some of them issuers in their own right; for the others the log alone vouches."""

EYES = Party(CAMERA_GATEWAY, "第一示范小学 巡检网关", ("camera",), signs=True)
"""A gateway for cameras alone, which the sandbox has; the demo's one gateway drives its camera too."""

DEVICES = (
    *(
        (scale, "scale", model, f"S-2026011{number}")
        for number, (scale, model) in enumerate(
            zip(SCALES, ("XK3190-A12E", "IND231", "ICS425", "CI-200A"), strict=True), start=1
        )
    ),
    *(
        (cabinet, "sample-cabinet", "LY-80", f"C-2026011{number}")
        for number, cabinet in enumerate(CABINETS, start=1)
    ),
    (CHECKER, "morning-checker", "CJ-3", "M-20260114"),
    (CAMERA, "camera", "IPC-4K", "V-20260114"),
)
"""Device, kind, model, serial number; owned by the school."""

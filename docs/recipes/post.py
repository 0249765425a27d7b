"""Post evidence with the Python client: one record with its scan, a retry, a refusal, a batch.

Needs MEALTRACE_URL, SUPPLIER_TOKEN and SUPPLIER_PARTY: `source` what `mealtrace serve --sandbox`
names. The client waits and tries again by itself, checks each receipt, and never makes two records
of one number.
"""

import tempfile
from os import environ
from pathlib import Path
from typing import Any

from devices.client import Evidence, MealtraceClient, stable_id
from ledger.errors import RefusedError

PARTY = environ["SUPPLIER_PARTY"]
AT = "2026-08-18T09:31:12+08:00"


def certificate(number: str, kind: str, valid_until: str) -> dict[str, Any]:
    """A certificate's payload; every field is explained in docs/types.md."""
    return {
        "holder": PARTY,
        "certificate_kind": kind,
        "certificate_no": number,
        "number_scheme": "none",
        "issuing_authority": "平山区市场监督管理局",
        "issued_on": "2024-03-12",
        "valid_until": valid_until,
        "scope": ["bulk-food"],
        "read_by": "manual",
        "accountable": "person:h5nd3rka7wpt2ecm6vxqjybzoz",
    }


def main() -> None:
    """Post to the sandbox, and tell what came back."""
    scan = Path(tempfile.mkdtemp()) / "scan.jpg"
    scan.write_bytes(b"\xff\xd8\xff\xe0 any photo or scan")
    with MealtraceClient(
        environ["MEALTRACE_URL"], environ["SUPPLIER_TOKEN"], party=PARTY
    ) as client:
        # A record's id is yours. From a number of your own it is always the same one.
        payload, number = (
            certificate("python/1", "haccp", "2029-03-11"),
            stable_id(PARTY, "python/1"),
        )
        receipt = client.post(
            "certificate", payload, occurred_at=AT, id=number, blobs={"scan": scan}
        )
        receipt.save(scan.with_suffix(".receipt.json"))
        print("stored", receipt.index)

        # The same again, as after a cut connection: the same entry.
        again = client.post("certificate", payload, occurred_at=AT, id=number, blobs={"scan": scan})
        print("again", again.index)

        # A refusal names each field and says what to do. Never try it again as it is.
        try:
            client.post(
                "certificate", certificate("python/2", "haccp", "2019-03-11"), occurred_at=AT
            )
        except RefusedError as refusal:
            for fault in refusal.faults:
                print("refused", fault.pointer, fault.message_en, fault.message_zh)

        # Many, in requests of a size that fits.
        records = [
            Evidence(
                "certificate",
                certificate(f"python/{n}", f"permit-{n}", "2029-03-11"),
                AT,
                id=stable_id(PARTY, f"python/{n}"),
            )
            for n in (3, 4, 5)
        ]
        print("batch", sum(line.receipt is not None for line in client.post_many(records)))


if __name__ == "__main__":
    main()

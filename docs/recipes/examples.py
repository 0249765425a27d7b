"""Post examples of `GET /v1/types/<type>` to a sandbox, in the order in which they are named.

    python docs/recipes/examples.py order dispatch weigh-in

Needs the variables of the file that `mealtrace serve --sandbox` names: `source` it. Each example
goes under the token of the party that it names as issuer, and its receipt is kept as
`<type>.receipt.json`.
"""

import json
import sys
from http.client import HTTPConnection
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

TOKENS = {
    party: environ[variable.removesuffix("_PARTY") + "_TOKEN"]
    for variable, party in environ.items()
    if variable.endswith("_PARTY")
}
"""From each party of the sandbox to its token."""


def main(types: list[str]) -> int:
    """Stops at the first that is refused, and prints why."""
    sandbox = HTTPConnection(urlsplit(environ["MEALTRACE_URL"]).netloc)
    for name in types:
        sandbox.request("GET", f"/v1/types/{name}")
        example = json.load(sandbox.getresponse())["example"]
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {TOKENS[example['issuer']]}",
        }
        sandbox.request("POST", "/v1/records", json.dumps(example), headers)
        answer = sandbox.getresponse()
        told = answer.read()
        if answer.status not in {200, 201}:
            print(name, answer.status, told.decode())
            return 1
        Path(f"{name}.receipt.json").write_bytes(told)
        print(name, example["id"], "is entry", json.loads(told)["index"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

// Compiles LedgerAnchor.sol with the pinned compiler into LedgerAnchor.json, the same bytes on
// every machine. `--check` compiles and compares instead, and writes nothing.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

const solc = createRequire(import.meta.url)("solc");

const NAME = "LedgerAnchor";
const SOURCE = new URL(`${NAME}.sol`, import.meta.url);
const ARTIFACT = new URL(`${NAME}.json`, import.meta.url);

// `paris` needs no opcode younger than 2022, so that permissioned chains run it too. No metadata:
// its hash would change with a comment, and code_sha256 is what a log names for ever.
const SETTINGS = {
  evmVersion: "paris",
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  optimizer: { enabled: true, runs: 1_000_000 },
  viaIR: true,
};

function compile(source) {
  const input = {
    language: "Solidity",
    sources: { [`${NAME}.sol`]: { content: source } },
    settings: {
      ...SETTINGS,
      outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  if (output.errors?.length) {
    throw new Error(output.errors.map((fault) => fault.formattedMessage).join("\n"));
  }
  const { abi, evm } = output.contracts[`${NAME}.sol`][NAME];
  return { abi, bytecode: evm.bytecode.object, runtime: evm.deployedBytecode.object };
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function build() {
  const source = readFileSync(SOURCE, "utf8");
  const { abi, bytecode, runtime } = compile(source);
  return {
    contract: NAME,
    compiler: solc.version(),
    settings: SETTINGS,
    source_sha256: sha256(source),
    code_sha256: sha256(Buffer.from(runtime, "hex")),
    abi,
    bytecode,
    runtime,
  };
}

const text = `${JSON.stringify(build(), null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(ARTIFACT, "utf8") !== text) {
    console.error(`${NAME}.json is not what ${NAME}.sol compiles to: run node contracts/build.mjs`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(ARTIFACT, text);
}

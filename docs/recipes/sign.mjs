// Sign evidence with a key of one's own, from Node.js 20: make a key, have it registered, post signed.
//
// Needs MEALTRACE_URL, OTHER_SUPPLIER_TOKEN, OTHER_SUPPLIER_PARTY and ADMIN_TOKEN: `source` what
// `mealtrace serve --sandbox` names. Outside a sandbox an authority registers keys (`mealtrace keys
// register`): there, send it `party`, `jwk` and `possession`.
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";

const { MEALTRACE_URL: url, OTHER_SUPPLIER_TOKEN: token, OTHER_SUPPLIER_PARTY: party } = process.env;

async function call(path, body, bearer = token) {
  const answer = await fetch(url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} gave ${answer.status}: ${text}`);
  return answer.headers.get("Content-Type").includes("json") ? JSON.parse(text) : text;
}

// The private key never leaves this machine. A real program keeps it in a file only it may read.
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const { crv, kty, x } = publicKey.export({ format: "jwk" });
const jwk = { crv, kty, x }; // exactly these, in this order: canonical JSON
const kid = createHash("sha256").update(JSON.stringify(jwk)).digest("base64url"); // RFC 7638

// Whoever registers a key proves to have it, for this party in this log.
const ledger = (await call("/v1/trust")).match(/# genesis ([0-9a-f]{64})/)[1];
const proof = JSON.stringify(["mealtrace/possession@v1", ledger, party, jwk]);
const possession = sign(null, Buffer.from(proof), privateKey).toString("base64url");
await call("/v1/records", {
  id: randomUUID(),
  type: "key-registration",
  occurred_at: new Date().toISOString(),
  payload: { party, jwk, possession },
}, process.env.ADMIN_TOKEN);

// The service says what is to be signed. Look at it before signing: it binds you.
const ready = await call("/v1/records:prepare", {
  id: randomUUID(),
  type: "certificate",
  occurred_at: "2026-08-18T09:31:12+08:00",
  payload: {
    holder: party,
    certificate_kind: "haccp",
    certificate_no: "node-signed",
    number_scheme: "none",
    issuing_authority: "平山区市场监督管理局",
    issued_on: "2024-03-12",
    valid_until: "2029-03-11",
    scope: ["bulk-food"],
    read_by: "manual",
    accountable: "person:h5nd3rka7wpt2ecm6vxqjybzoz",
  },
});
const statement = Buffer.from(ready.statement, "base64");
const said = JSON.parse(statement);
if (said.id !== ready.request.id || said.issuer !== party || said.ledger !== ledger) {
  throw new Error("this is not what I have to say");
}

// From now on nobody speaks for this party with a token alone, not even the operator.
await call("/v1/records", ready.request).catch((refusal) => console.log("unsigned", refusal.message));

// Detached JWS (RFC 7515, RFC 7797): the header's bytes are exactly these.
const header = Buffer.from(`{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"${kid}"}`).toString("base64url");
const signature = sign(null, Buffer.concat([Buffer.from(`${header}.`), statement]), privateKey);
const receipt = await call("/v1/records", {
  ...ready.request,
  signature: `${header}..${signature.toString("base64url")}`,
});
console.log("signed", receipt.index);

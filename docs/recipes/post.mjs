// Post evidence from Node.js 20: one record with its scan, a retry, a refusal, a batch.
//
// Nothing but Node.js is needed. Needs MEALTRACE_URL, SUPPLIER_TOKEN and SUPPLIER_PARTY: `source`
// what `mealtrace serve --sandbox` names.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const { MEALTRACE_URL: url, SUPPLIER_TOKEN: token, SUPPLIER_PARTY: party } = process.env;

// A record's id is yours. From a number of your own it is always the same one: UUIDv5 (RFC 9562) in
// the URL namespace, of the party and the number.
function idOf(number) {
  const hash = createHash("sha1")
    .update(Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex"))
    .update(`${party}/${number}`)
    .digest();
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

// Only lost connections, 429, 503 and other 5xx are tried again, with the same id. Half of the wait
// is random, so that a hundred clients do not come back together.
async function call(path, makeBody, contentType) {
  for (let attempt = 0; ; attempt += 1) {
    let wait = Math.min(30, 2 ** attempt);
    try {
      const answer = await fetch(url + path, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, ...(contentType && { "Content-Type": contentType }) },
        body: makeBody(),
        signal: AbortSignal.timeout(60_000),
      });
      if (answer.status !== 429 && answer.status < 500) return answer;
      if (attempt === 6) throw new Error(`still ${answer.status} after ${attempt + 1} attempts`);
      wait = Math.max(wait, Number(answer.headers.get("Retry-After") ?? 0));
    } catch (error) {
      if (attempt === 6 || !(error instanceof TypeError || error.name === "TimeoutError")) throw error;
    }
    await sleep(1000 * wait * (0.5 + Math.random() / 2));
  }
}

const certificate = (number, kind, validUntil) => ({
  id: idOf(number),
  type: "certificate",
  occurred_at: "2026-08-18T09:31:12+08:00",
  payload: {
    holder: party,
    certificate_kind: kind,
    certificate_no: number,
    number_scheme: "none",
    issuing_authority: "平山区市场监督管理局",
    issued_on: "2024-03-12",
    valid_until: validUntil,
    scope: ["bulk-food"],
    read_by: "manual",
    accountable: "person:h5nd3rka7wpt2ecm6vxqjybzoz",
  },
});

// One record and its file in one request: part `record`, and one part for each file, named by its role.
function withScan(record) {
  const form = new FormData();
  form.set("record", new Blob([JSON.stringify(record)], { type: "application/json" }));
  const scan = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from(" any photo or scan")]);
  form.set("scan", new Blob([scan], { type: "image/jpeg" }), "scan.jpg");
  return form;
}

// 201 is the receipt: the record is durable. Keep it.
const record = certificate("node/1", "haccp", "2029-03-11");
const stored = await call("/v1/records", () => withScan(record));
const receipt = await stored.json();
console.log("stored", stored.status, receipt.index);

// The same again, as after a cut connection: 200, and the same entry.
const again = await call("/v1/records", () => withScan(record));
console.log("again", again.status, (await again.json()).index);

// A refusal names each field and says what to do, in English and Chinese. Never try it again as it is.
const wrong = certificate("node/2", "haccp", "2019-03-11");
const refused = await call("/v1/records", () => JSON.stringify(wrong), "application/json");
for (const fault of (await refused.json()).errors) {
  console.log("refused", refused.status, fault.pointer, fault.message_en, fault.message_zh);
}

// Many: a line in, a line out. Without the last line ("end") nothing is known: send them again.
const lines = [3, 4, 5].map((n) => JSON.stringify(certificate(`node/${n}`, `permit-${n}`, "2029-03-11")));
const batch = await call("/v1/records:batch?receipts=compact", () => lines.join("\n"), "application/x-ndjson");
const answers = (await batch.text()).trim().split("\n").map((line) => JSON.parse(line));
const last = answers.at(-1);
if (!last.end) throw new Error("the answer was cut: send the batch again");
console.log("batch", last.stored);

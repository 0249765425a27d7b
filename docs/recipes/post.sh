#!/usr/bin/env bash
# Post evidence with curl: one record with its scan, a retry, a refusal, a batch.
#
# Needs MEALTRACE_URL, SUPPLIER_TOKEN and SUPPLIER_PARTY: `source` what `mealtrace serve --sandbox` names.
set -euo pipefail

# Only lost connections, 429, 503 and other 5xx are tried again, with the same id; curl's own list of
# what passes by itself (408, 429, 500, 502, 503, 504, a refused connection) fits, and it waits as
# Retry-After says.
call() {
  curl --silent --show-error --retry 6 --retry-connrefused --retry-max-time 120 \
    --header "Authorization: Bearer $SUPPLIER_TOKEN" "$@"
}

# A record's id is yours. From a number of your own it is always the same one: UUIDv5 (RFC 9562) in the
# URL namespace, of the party and the number.
id_of() {
  { printf '\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8'; printf '%s' "$SUPPLIER_PARTY/$1"; } |
    sha1sum | sed -E 's/^(.{8})(.{4}).(.{3})(.)(.{3})(.{12}).*/\1 \2 \3 \4 \5 \6/' | {
    read -r low mid high variant clock node
    printf '%s-%s-5%s-%x%s-%s\n' "$low" "$mid" "$high" $((0x$variant & 3 | 8)) "$clock" "$node"
  }
}

certificate() { # number of ours, kind, last day of validity
  printf '{"id":"%s","type":"certificate","occurred_at":"2026-08-18T09:31:12+08:00","payload":{"holder":"%s","certificate_kind":"%s","certificate_no":"%s","number_scheme":"none","issuing_authority":"平山区市场监督管理局","issued_on":"2024-03-12","valid_until":"%s","scope":["bulk-food"],"read_by":"manual","accountable":"person:h5nd3rka7wpt2ecm6vxqjybzoz"}}' \
    "$(id_of "$1")" "$SUPPLIER_PARTY" "$2" "$1" "$3"
}

cd "$(mktemp -d)"
printf '\377\330\377\340 any photo or scan' > scan.jpg

# One record and its file in one request. 201 is the receipt: the record is durable. Keep it.
certificate curl/1 haccp 2029-03-11 > record.json
call "$MEALTRACE_URL/v1/records" --form 'record=<record.json;type=application/json' \
  --form 'scan=@scan.jpg;type=image/jpeg' --output receipt.json --write-out 'stored %{http_code} '
grep -o '"index":[0-9]*' receipt.json

# The same again, as after a cut connection: 200, and the same entry.
call "$MEALTRACE_URL/v1/records" --form 'record=<record.json;type=application/json' \
  --form 'scan=@scan.jpg;type=image/jpeg' --output again.json --write-out 'again %{http_code}\n'

# A refusal names each field and says what to do, in English and Chinese. Never try it again as it is.
certificate curl/2 haccp 2019-03-11 > wrong.json
call "$MEALTRACE_URL/v1/records" --header 'Content-Type: application/json' --data-binary @wrong.json \
  --output problem.json --write-out 'refused %{http_code} '
grep -o '"pointer":"[^"]*"' problem.json

# Many: a line in, a line out. Without the last line ("end") nothing is known: send them again.
for number in 3 4 5; do certificate "curl/$number" "permit-$number" 2029-03-11; echo; done > lines.ndjson
call "$MEALTRACE_URL/v1/records:batch?receipts=compact" --header 'Content-Type: application/x-ndjson' \
  --data-binary @lines.ndjson > answers.ndjson
tail -n 1 answers.ndjson | grep '"end":true'

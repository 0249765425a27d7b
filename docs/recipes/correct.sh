#!/usr/bin/env bash
# What follows a record, with curl: a correction, a second signature, a mandate.
#
# Needs the variables of the sandbox: `source` what `mealtrace serve --sandbox` names.
set -euo pipefail

call() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $1" "${@:2}"; }
id() { cat /proc/sys/kernel/random/uuid; }
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
person=person:h5nd3rka7wpt2ecm6vxqjybzoz

certificate() { # id, issuer, number, last day of validity, links
  printf '{"id":"%s","type":"certificate","occurred_at":"2026-08-18T09:31:12+08:00","issuer":"%s","links":[%s],"payload":{"holder":"%s","certificate_kind":"haccp","certificate_no":"%s","number_scheme":"none","issuing_authority":"平山区市场监督管理局","issued_on":"2024-03-12","valid_until":"%s","scope":["bulk-food"],"read_by":"manual","accountable":"%s"}}\n' \
    "$1" "$2" "${5:-}" "$2" "$3" "$4" "$person"
}
correction() { # record, its statement's hash, reason code
  printf '{"id":"%s","type":"correction","occurred_at":"%s","payload":{"reason_code":"%s","reason":"录入有误","accountable":"%s"},"links":[{"rel":"corrects","id":"%s","sha256":"%s"}]}\n' \
    "$(id)" "$(now)" "$3" "$person" "$1" "$2"
}
# Who speaks about another record pins it down by the hash of its statement.
hash_of() { call "$1" "$MEALTRACE_URL/v1/records/$2" | sed -E 's/.*"statement_sha256":"([0-9a-f]{64})".*/\1/'; }

cd "$(mktemp -d)"
json='Content-Type: application/json'

# The wrong record. It stays.
wrong=$(id)
certificate "$wrong" "$SUPPLIER_PARTY" "$wrong" 2029-03-21 > wrong.json
call "$SUPPLIER_TOKEN" "$MEALTRACE_URL/v1/records" --header "$json" --data-binary @wrong.json > wrong.receipt.json

# Its correction and the right record, which replaces it: both in one atomic batch, or neither.
right=$(id)
{
  correction "$wrong" "$(hash_of "$SUPPLIER_TOKEN" "$wrong")" incorrect-data
  certificate "$right" "$SUPPLIER_PARTY" "$wrong" 2029-03-12 "{\"rel\":\"replaces\",\"id\":\"$wrong\"}"
} > batch.ndjson
call "$SUPPLIER_TOKEN" "$MEALTRACE_URL/v1/records:batch?atomic=true&receipts=compact" \
  --header 'Content-Type: application/x-ndjson' --data-binary @batch.ndjson | tail -n 1

# What did not happen at all is corrected alone; the number of the document is free again.
twice=$(id)
certificate "$twice" "$SUPPLIER_PARTY" "$twice" 2029-03-12 > twice.json
call "$SUPPLIER_TOKEN" "$MEALTRACE_URL/v1/records" --header "$json" --data-binary @twice.json > twice.receipt.json
correction "$twice" "$(hash_of "$SUPPLIER_TOKEN" "$twice")" did-not-occur > undone.json
call "$SUPPLIER_TOKEN" "$MEALTRACE_URL/v1/records" --header "$json" --data-binary @undone.json > undone.receipt.json

# Whoever reads the first record sees what was said about it.
call "$SUPPLIER_TOKEN" "$MEALTRACE_URL/v1/records/$wrong" | grep -o '"later":.*"type":"correction"' | grep -o '"type":.*'

# A second signature: another party, here the bureau, signs for the right record.
hash=$(hash_of "$ADMISSION_TOKEN" "$right")
printf '{"id":"%s","type":"confirmation","occurred_at":"%s","payload":{"record":"%s","record_sha256":"%s","issued_by":"%s","aspect":"content","role":"bureau-admission","confirmed_by":"%s","confirmed_at":"%s","method":"pin","accountable":"%s"},"links":[{"rel":"confirms","id":"%s","sha256":"%s"}]}' \
  "$(id)" "$(now)" "$right" "$hash" "$SUPPLIER_PARTY" "$person" "$(now)" "$person" "$right" "$hash" > confirmation.json
call "$ADMISSION_TOKEN" "$MEALTRACE_URL/v1/records" --header "$json" --data-binary @confirmation.json \
  --output confirmation.receipt.json --write-out 'confirmed %{http_code}\n'

# A mandate: a supplier lets its software vendor post certificates until a day. The vendor's own token
# brings them, and `issuer` names the supplier.
printf '{"id":"%s","type":"mandate","occurred_at":"%s","payload":{"principal":"%s","submitter":"%s","types":["certificate"],"from":"2026-01-01T00:00:00+08:00","until":"2099-01-01T00:00:00+08:00"}}' \
  "$(id)" "$(now)" "$SUPPLIER_PARTY" "$INTEGRATOR_PARTY" > mandate.json
call "$SUPPLIER_TOKEN" "$MEALTRACE_URL/v1/records" --header "$json" --data-binary @mandate.json > mandate.receipt.json
brought=$(id)
certificate "$brought" "$SUPPLIER_PARTY" "$brought" 2029-03-12 > brought.json
call "$INTEGRATOR_TOKEN" "$MEALTRACE_URL/v1/records" --header "$json" --data-binary @brought.json \
  --output brought.receipt.json --write-out 'for another %{http_code}\n'

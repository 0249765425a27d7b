<?php
// Post evidence from PHP 8 with its curl extension: one record with its scan, a retry, a refusal, a batch.
//
// Needs MEALTRACE_URL, SUPPLIER_TOKEN and SUPPLIER_PARTY: `source` what `mealtrace serve --sandbox` names.

declare(strict_types=1);

/** A record's id is yours. From a number of your own it is always the same one: UUIDv5 (RFC 9562). */
function id_of(string $number): string
{
    $name = hex2bin('6ba7b8119dad11d180b400c04fd430c8') . getenv('SUPPLIER_PARTY') . '/' . $number;
    $hash = substr(sha1($name, true), 0, 16);
    $hash[6] = chr(ord($hash[6]) & 0x0f | 0x50);
    $hash[8] = chr(ord($hash[8]) & 0x3f | 0x80);
    return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($hash), 4));
}

/**
 * Only lost connections, 429, 503 and other 5xx are tried again, with the same id. Half of the wait is
 * random, so that a hundred clients do not come back together.
 *
 * @return array{int, string} status and body
 */
function call(string $path, string|array $body, ?string $content_type = null): array
{
    for ($attempt = 0; ; $attempt++) {
        $asked = 0;
        $handle = curl_init(getenv('MEALTRACE_URL') . $path);
        $headers = ['Authorization: Bearer ' . getenv('SUPPLIER_TOKEN'), 'Expect:'];
        curl_setopt_array($handle, [
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $content_type === null ? $headers : [...$headers, "Content-Type: $content_type"],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 60,
            CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$asked): int {
                if (stripos($line, 'retry-after:') === 0) {
                    $asked = (int) trim(substr($line, 12));
                }
                return strlen($line);
            },
        ]);
        $answer = curl_exec($handle);
        $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
        if ($answer !== false && $status !== 429 && $status < 500) {
            return [$status, $answer];
        }
        if ($attempt === 6) {
            throw new RuntimeException("still $status: " . curl_error($handle));
        }
        usleep((int) (max(min(30, 2 ** $attempt), $asked) * random_int(500_000, 1_000_000)));
    }
}

function certificate(string $number, string $kind, string $valid_until): string
{
    return json_encode([
        'id' => id_of($number),
        'type' => 'certificate',
        'occurred_at' => '2026-08-18T09:31:12+08:00',
        'payload' => [
            'holder' => getenv('SUPPLIER_PARTY'),
            'certificate_kind' => $kind,
            'certificate_no' => $number,
            'number_scheme' => 'none',
            'issuing_authority' => '平山区市场监督管理局',
            'issued_on' => '2024-03-12',
            'valid_until' => $valid_until,
            'scope' => ['bulk-food'],
            'read_by' => 'manual',
            'accountable' => 'person:h5nd3rka7wpt2ecm6vxqjybzoz',
        ],
    ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
}

// One record and its file in one request: part `record`, and one part for each file, named by its role.
// 201 is the receipt: the record is durable. Keep it.
$form = [
    'record' => new CURLStringFile(certificate('php/1', 'haccp', '2029-03-11'), 'record.json', 'application/json'),
    'scan' => new CURLStringFile("\xff\xd8\xff\xe0 any photo or scan", 'scan.jpg', 'image/jpeg'),
];
[$status, $receipt] = call('/v1/records', $form);
echo "stored $status ", json_decode($receipt)->index, "\n";

// The same again, as after a cut connection: 200, and the same entry.
[$status, $receipt] = call('/v1/records', $form);
echo "again $status ", json_decode($receipt)->index, "\n";

// A refusal names each field and says what to do, in English and Chinese. Never try it again as it is.
[$status, $problem] = call('/v1/records', certificate('php/2', 'haccp', '2019-03-11'), 'application/json');
foreach (json_decode($problem)->errors as $fault) {
    echo "refused $status $fault->pointer $fault->message_en $fault->message_zh\n";
}

// Many: a line in, a line out. Without the last line ("end") nothing is known: send them again.
$lines = array_map(fn (int $n): string => certificate("php/$n", "permit-$n", '2029-03-11'), [3, 4, 5]);
[, $answers] = call('/v1/records:batch?receipts=compact', implode("\n", $lines), 'application/x-ndjson');
$answers = explode("\n", trim($answers));
$last = json_decode(end($answers));
if (!($last->end ?? false)) {
    throw new RuntimeException('the answer was cut: send the batch again');
}
echo "batch $last->stored\n";

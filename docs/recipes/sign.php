<?php
// Sign evidence with a key of one's own, from PHP 8 (sodium): make a key, have it registered, post signed.
//
// Needs MEALTRACE_URL, OTHER_SUPPLIER_TOKEN, OTHER_SUPPLIER_PARTY and ADMIN_TOKEN: `source` what
// `mealtrace serve --sandbox` names. Outside a sandbox an authority registers keys (`mealtrace keys
// register`): there, send it `party`, `jwk` and `possession`.

declare(strict_types=1);

/** The answer's body; whatever is no success is thrown with its text. */
function call(string $path, ?array $body = null, ?string $token = null): string
{
    $handle = curl_init(getenv('MEALTRACE_URL') . $path);
    curl_setopt_array($handle, [
        CURLOPT_HTTPHEADER => [
            'Authorization: Bearer ' . ($token ?? getenv('OTHER_SUPPLIER_TOKEN')),
            'Content-Type: application/json',
        ],
        CURLOPT_RETURNTRANSFER => true,
    ]);
    if ($body !== null) {
        curl_setopt($handle, CURLOPT_POSTFIELDS, json_encode($body, JSON_THROW_ON_ERROR));
    }
    $answer = curl_exec($handle);
    $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    if ($answer === false || $status >= 400) {
        throw new RuntimeException("$path gave $status: $answer");
    }
    return $answer;
}

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

/** A new random id (UUIDv4). */
function new_id(): string
{
    $bytes = random_bytes(16);
    $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
    $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
    return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
}

$party = getenv('OTHER_SUPPLIER_PARTY');

// The private key never leaves this machine. A real program keeps it in a file only it may read.
$pair = sodium_crypto_sign_keypair();
$secret = sodium_crypto_sign_secretkey($pair);
$jwk = ['crv' => 'Ed25519', 'kty' => 'OKP', 'x' => base64url(sodium_crypto_sign_publickey($pair))];
$kid = base64url(hash('sha256', json_encode($jwk), true)); // RFC 7638

// Whoever registers a key proves to have it, for this party in this log.
preg_match('/# genesis ([0-9a-f]{64})/', call('/v1/trust'), $found);
$ledger = $found[1];
$proof = json_encode(['mealtrace/possession@v1', $ledger, $party, $jwk], JSON_UNESCAPED_SLASHES);
call('/v1/records', [
    'id' => new_id(),
    'type' => 'key-registration',
    'occurred_at' => gmdate('Y-m-d\TH:i:s\Z'),
    'payload' => [
        'party' => $party,
        'jwk' => $jwk,
        'possession' => base64url(sodium_crypto_sign_detached($proof, $secret)),
    ],
], getenv('ADMIN_TOKEN'));

// The service says what is to be signed. Look at it before signing: it binds you.
$ready = json_decode(call('/v1/records:prepare', [
    'id' => new_id(),
    'type' => 'certificate',
    'occurred_at' => '2026-08-18T09:31:12+08:00',
    'payload' => [
        'holder' => $party,
        'certificate_kind' => 'haccp',
        'certificate_no' => 'php-signed',
        'number_scheme' => 'none',
        'issuing_authority' => '平山区市场监督管理局',
        'issued_on' => '2024-03-12',
        'valid_until' => '2029-03-11',
        'scope' => ['bulk-food'],
        'read_by' => 'manual',
        'accountable' => 'person:h5nd3rka7wpt2ecm6vxqjybzoz',
    ],
]), true);
$statement = base64_decode($ready['statement'], true);
$said = json_decode($statement, true);
if ([$said['id'], $said['issuer'], $said['ledger']] !== [$ready['request']['id'], $party, $ledger]) {
    throw new RuntimeException('this is not what I have to say');
}

// From now on nobody speaks for this party with a token alone, not even the operator.
try {
    call('/v1/records', $ready['request']);
} catch (RuntimeException $refusal) {
    echo 'unsigned ', $refusal->getMessage(), "\n";
}

// Detached JWS (RFC 7515, RFC 7797): the header's bytes are exactly these.
$header = base64url("{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"$kid\"}");
$signature = sodium_crypto_sign_detached("$header.$statement", $secret);
$receipt = call('/v1/records', [...$ready['request'], 'signature' => "$header.." . base64url($signature)]);
echo 'signed ', json_decode($receipt)->index, "\n";

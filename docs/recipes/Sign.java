// Sign evidence with a key of one's own, from Java 17: make a key, have it registered, post signed.
//
// Needs MEALTRACE_URL, OTHER_SUPPLIER_TOKEN, OTHER_SUPPLIER_PARTY and ADMIN_TOKEN: `source` what
// `mealtrace serve --sandbox` names. Outside a sandbox an authority registers keys (`mealtrace keys
// register`): there, send it `party`, `jwk` and `possession`.

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public final class Sign {
    static final String URL = System.getenv("MEALTRACE_URL");
    static final String PARTY = System.getenv("OTHER_SUPPLIER_PARTY");
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    static String call(String path, String token, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(URL + path))
            .header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
        if (body != null) {
            request.POST(BodyPublishers.ofString(body));
        }
        var answer = HTTP.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (answer.statusCode() >= 400) {
            throw new IllegalStateException(path + " gave " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    static byte[] sign(KeyPair key, byte[]... parts) throws Exception {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key.getPrivate());
        for (byte[] part : parts) {
            signature.update(part);
        }
        return signature.sign();
    }

    static String find(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return found.group(1);
    }

    public static void main(String[] arguments) throws Exception {
        String token = System.getenv("OTHER_SUPPLIER_TOKEN");

        // The private key never leaves this machine. A real program keeps it in a key store.
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = key.getPublic().getEncoded(); // SubjectPublicKeyInfo: the key is its last 32 bytes
        String x = BASE64URL.encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        String jwk = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + x + "\"}"; // canonical JSON
        String kid = BASE64URL.encodeToString(
            MessageDigest.getInstance("SHA-256").digest(jwk.getBytes(StandardCharsets.UTF_8))); // RFC 7638

        // Whoever registers a key proves to have it, for this party in this log.
        String ledger = find("# genesis ([0-9a-f]{64})", call("/v1/trust", token, null));
        String proof = "[\"mealtrace/possession@v1\",\"" + ledger + "\",\"" + PARTY + "\"," + jwk + "]";
        String possession = BASE64URL.encodeToString(sign(key, proof.getBytes(StandardCharsets.UTF_8)));
        call("/v1/records", System.getenv("ADMIN_TOKEN"), """
            {"id":"%s","type":"key-registration","occurred_at":"%s",\
            "payload":{"party":"%s","jwk":%s,"possession":"%s"}}"""
            .formatted(UUID.randomUUID(), Instant.now().truncatedTo(ChronoUnit.MILLIS), PARTY, jwk, possession));

        // The service says what is to be signed. Look at it before signing: it binds you.
        UUID id = UUID.randomUUID();
        String ready = call("/v1/records:prepare", token, """
            {"id":"%s","type":"certificate","occurred_at":"2026-08-18T09:31:12+08:00","payload":{\
            "holder":"%s","certificate_kind":"haccp","certificate_no":"java-signed",\
            "number_scheme":"none","issuing_authority":"平山区市场监督管理局",\
            "issued_on":"2024-03-12","valid_until":"2029-03-11","scope":["bulk-food"],\
            "read_by":"manual","accountable":"person:h5nd3rka7wpt2ecm6vxqjybzoz"}}"""
            .formatted(id, PARTY));
        byte[] statement = Base64.getDecoder().decode(find("\"statement\":\"([^\"]*)\"", ready));
        String said = new String(statement, StandardCharsets.UTF_8);
        for (String mine : new String[] {id.toString(), PARTY, ledger}) {
            if (!said.contains('"' + mine + '"')) {
                throw new IllegalStateException("this is not what I have to say: " + said);
            }
        }

        // From now on nobody speaks for this party with a token alone, not even the operator.
        String request = find("\"request\":(\\{.*\\})\\}$", ready);
        try {
            call("/v1/records", token, request);
        } catch (IllegalStateException refusal) {
            System.out.println("unsigned " + refusal.getMessage());
        }

        // Detached JWS (RFC 7515, RFC 7797): the header's bytes are exactly these.
        String header = BASE64URL.encodeToString(
            ("{\"alg\":\"Ed25519\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"" + kid + "\"}")
                .getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.write((header + ".").getBytes(StandardCharsets.UTF_8));
        signed.write(statement);
        String signature = header + ".." + BASE64URL.encodeToString(sign(key, signed.toByteArray()));
        String receipt = call("/v1/records", token,
            request.substring(0, request.length() - 1) + ",\"signature\":\"" + signature + "\"}");
        System.out.println("signed " + find("\"index\":(\\d+)", receipt));
    }
}

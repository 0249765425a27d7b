// Post evidence from Java 17: one record with its scan, a retry, a refusal, a batch.
//
// Nothing but the JDK is needed: `java Post.java`. Needs MEALTRACE_URL, SUPPLIER_TOKEN and
// SUPPLIER_PARTY: `source` what `mealtrace serve --sandbox` names. In a real program a JSON library
// writes and reads what is formatted and searched by hand here.

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public final class Post {
    static final String URL = System.getenv("MEALTRACE_URL");
    static final String TOKEN = System.getenv("SUPPLIER_TOKEN");
    static final String PARTY = System.getenv("SUPPLIER_PARTY");
    static final String BOUNDARY = "mealtrace-boundary-" + UUID.randomUUID();
    static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    /** A record's id is yours. From a number of your own it is always the same one: UUIDv5. */
    static UUID idOf(String number) throws Exception {
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        UUID namespace = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8"); // URL, RFC 9562
        sha1.update(ByteBuffer.allocate(16).putLong(namespace.getMostSignificantBits())
            .putLong(namespace.getLeastSignificantBits()).array());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest((PARTY + "/" + number).getBytes(StandardCharsets.UTF_8)));
        long high = hash.getLong() & ~0xF000L | 0x5000L;
        long low = hash.getLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
        return new UUID(high, low);
    }

    /**
     * Only lost connections, 429, 503 and other 5xx are tried again, with the same id. Half of the
     * wait is random, so that a hundred clients do not come back together.
     */
    static HttpResponse<String> call(String path, String contentType, byte[] body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(URL + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
        for (int attempt = 0;; attempt++) {
            double wait = Math.min(30, Math.pow(2, attempt));
            try {
                HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
                if (answer.statusCode() != 429 && answer.statusCode() < 500) {
                    return answer;
                }
                if (attempt == 6) {
                    throw new IllegalStateException("still " + answer.statusCode());
                }
                wait = Math.max(wait, answer.headers().firstValueAsLong("Retry-After").orElse(0));
            } catch (IOException lost) {
                if (attempt == 6) {
                    throw lost;
                }
            }
            Thread.sleep((long) (1000 * wait * ThreadLocalRandom.current().nextDouble(0.5, 1)));
        }
    }

    static String certificate(String number, String kind, String validUntil) throws Exception {
        return """
            {"id":"%s","type":"certificate","occurred_at":"2026-08-18T09:31:12+08:00","payload":{\
            "holder":"%s","certificate_kind":"%s","certificate_no":"%s","number_scheme":"none",\
            "issuing_authority":"平山区市场监督管理局","issued_on":"2024-03-12","valid_until":"%s",\
            "scope":["bulk-food"],"read_by":"manual",\
            "accountable":"person:h5nd3rka7wpt2ecm6vxqjybzoz"}}"""
            .formatted(idOf(number), PARTY, kind, number, validUntil);
    }

    /** Part `record`, and one part for each file, named by its role. */
    static byte[] withScan(String record) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"record\"\r\n"
            + "Content-Type: application/json\r\n\r\n" + record + "\r\n--" + BOUNDARY
            + "\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"scan.jpg\"\r\n"
            + "Content-Type: image/jpeg\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        body.write(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xE0});
        body.write((" any photo or scan\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    static String find(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        return found.find() ? found.group(1) : "";
    }

    public static void main(String[] arguments) throws Exception {
        String multipart = "multipart/form-data; boundary=" + BOUNDARY;

        // One record and its file in one request. 201 is the receipt: the record is durable. Keep it.
        byte[] record = withScan(certificate("java/1", "haccp", "2029-03-11"));
        HttpResponse<String> stored = call("/v1/records", multipart, record);
        System.out.println("stored " + stored.statusCode() + " " + find("\"index\":(\\d+)", stored.body()));

        // The same again, as after a cut connection: 200, and the same entry.
        HttpResponse<String> again = call("/v1/records", multipart, record);
        System.out.println("again " + again.statusCode() + " " + find("\"index\":(\\d+)", again.body()));

        // A refusal names each field and says what to do. Never try it again as it is.
        byte[] wrong = certificate("java/2", "haccp", "2019-03-11").getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> refused = call("/v1/records", "application/json", wrong);
        System.out.println("refused " + refused.statusCode() + " "
            + find("\"pointer\":\"([^\"]*)\"", refused.body()) + " " + find("\"message_zh\":\"([^\"]*)\"", refused.body()));

        // Many: a line in, a line out. Without the last line ("end") nothing is known: send them again.
        StringBuilder lines = new StringBuilder();
        for (int n = 3; n <= 5; n++) {
            lines.append(certificate("java/" + n, "permit-" + n, "2029-03-11")).append('\n');
        }
        String answers = call("/v1/records:batch?receipts=compact", "application/x-ndjson",
            lines.toString().getBytes(StandardCharsets.UTF_8)).body();
        String last = answers.strip().substring(answers.strip().lastIndexOf('\n') + 1);
        if (!last.contains("\"end\":true")) {
            throw new IllegalStateException("the answer was cut: send the batch again");
        }
        System.out.println("batch " + find("\"stored\":(\\d+)", last));
    }
}

// Post evidence from C# (.NET, or Mono 6): one record with its scan, a retry, a refusal, a batch.
//
// Nothing but the base libraries is needed. Needs MEALTRACE_URL, SUPPLIER_TOKEN and SUPPLIER_PARTY:
// `source` what `mealtrace serve --sandbox` names. In a real program a JSON library writes and reads
// what is formatted and searched by hand here.

using System;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

public static class Post
{
    static readonly string Url = Environment.GetEnvironmentVariable("MEALTRACE_URL");
    static readonly string Token = Environment.GetEnvironmentVariable("SUPPLIER_TOKEN");
    static readonly string Party = Environment.GetEnvironmentVariable("SUPPLIER_PARTY");
    static readonly HttpClient Http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
    static readonly Random Chance = new Random();

    /// <summary>A record's id is yours. From a number of your own it is always the same one: UUIDv5.</summary>
    static string IdOf(string number)
    {
        var space = new byte[] // the URL namespace of RFC 9562
        {
            0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        };
        byte[] hash;
        using (var sha1 = SHA1.Create())
        {
            hash = sha1.ComputeHash(space.Concat(Encoding.UTF8.GetBytes(Party + "/" + number)).ToArray());
        }
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        var hex = BitConverter.ToString(hash, 0, 16).Replace("-", "").ToLowerInvariant();
        return Regex.Replace(hex, "^(.{8})(.{4})(.{4})(.{4})(.{12})$", "$1-$2-$3-$4-$5");
    }

    /// <summary>
    /// Only lost connections, 429, 503 and other 5xx are tried again, with the same id. Half of the wait
    /// is random, so that a hundred clients do not come back together.
    /// </summary>
    static async Task<HttpResponseMessage> Call(string path, Func<HttpContent> makeBody)
    {
        for (var attempt = 0; ; attempt++)
        {
            var wait = Math.Min(30, Math.Pow(2, attempt));
            try
            {
                var request = new HttpRequestMessage(HttpMethod.Post, Url + path) { Content = makeBody() };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
                var answer = await Http.SendAsync(request);
                var status = (int)answer.StatusCode;
                if (status != 429 && status < 500)
                {
                    return answer;
                }
                if (attempt == 6)
                {
                    throw new InvalidOperationException("still " + status);
                }
                var asked = answer.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0;
                wait = Math.Max(wait, asked);
            }
            catch (Exception lost) when (lost is HttpRequestException || lost is TaskCanceledException)
            {
                if (attempt == 6)
                {
                    throw;
                }
            }
            await Task.Delay(TimeSpan.FromSeconds(wait * (0.5 + Chance.NextDouble() / 2)));
        }
    }

    static string Certificate(string number, string kind, string validUntil)
    {
        return "{\"id\":\"" + IdOf(number) + "\",\"type\":\"certificate\","
            + "\"occurred_at\":\"2026-08-18T09:31:12+08:00\",\"payload\":{\"holder\":\"" + Party + "\","
            + "\"certificate_kind\":\"" + kind + "\",\"certificate_no\":\"" + number + "\","
            + "\"number_scheme\":\"none\",\"issuing_authority\":\"平山区市场监督管理局\","
            + "\"issued_on\":\"2024-03-12\",\"valid_until\":\"" + validUntil + "\",\"scope\":[\"bulk-food\"],"
            + "\"read_by\":\"manual\",\"accountable\":\"person:h5nd3rka7wpt2ecm6vxqjybzoz\"}}";
    }

    static HttpContent Json(string text, string mediaType = "application/json")
    {
        var content = new StringContent(text, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return content;
    }

    /// <summary>Part `record`, and one part for each file, named by its role.</summary>
    static HttpContent WithScan(string record)
    {
        var scan = new ByteArrayContent(
            new byte[] { 0xff, 0xd8, 0xff, 0xe0 }.Concat(Encoding.UTF8.GetBytes(" any photo or scan")).ToArray());
        scan.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        return new MultipartFormDataContent { { Json(record), "record" }, { scan, "scan", "scan.jpg" } };
    }

    static string Find(string pattern, string text)
    {
        return Regex.Match(text, pattern).Groups[1].Value;
    }

    static async Task Run()
    {
        // One record and its file in one request. 201 is the receipt: the record is durable. Keep it.
        var record = Certificate("cs/1", "haccp", "2029-03-11");
        var stored = await Call("/v1/records", () => WithScan(record));
        var receipt = await stored.Content.ReadAsStringAsync();
        Console.WriteLine("stored " + (int)stored.StatusCode + " " + Find("\"index\":(\\d+)", receipt));

        // The same again, as after a cut connection: 200, and the same entry.
        var again = await Call("/v1/records", () => WithScan(record));
        receipt = await again.Content.ReadAsStringAsync();
        Console.WriteLine("again " + (int)again.StatusCode + " " + Find("\"index\":(\\d+)", receipt));

        // A refusal names each field and says what to do. Never try it again as it is.
        var refused = await Call("/v1/records", () => Json(Certificate("cs/2", "haccp", "2019-03-11")));
        var problem = await refused.Content.ReadAsStringAsync();
        Console.WriteLine("refused " + (int)refused.StatusCode + " " + Find("\"pointer\":\"([^\"]*)\"", problem)
            + " " + Find("\"message_zh\":\"([^\"]*)\"", problem));

        // Many: a line in, a line out. Without the last line ("end") nothing is known: send them again.
        var numbers = new[] { 3, 4, 5 };
        var lines = string.Join("\n", numbers.Select(n => Certificate("cs/" + n, "permit-" + n, "2029-03-11")));
        var batch = await Call("/v1/records:batch?receipts=compact", () => Json(lines, "application/x-ndjson"));
        var last = (await batch.Content.ReadAsStringAsync()).Trim().Split('\n').Last();
        if (!last.Contains("\"end\":true"))
        {
            throw new InvalidOperationException("the answer was cut: send the batch again");
        }
        Console.WriteLine("batch " + Find("\"stored\":(\\d+)", last));
    }

    public static void Main()
    {
        Run().GetAwaiter().GetResult();
    }
}

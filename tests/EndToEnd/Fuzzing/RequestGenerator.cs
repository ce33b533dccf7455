using System.Buffers.Binary;
using System.Text;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>Makes requests: the same seed and the same known things make the same request.</summary>
internal sealed class RequestGenerator(KnownThings known)
{
    private static readonly string[] Types =
    [
        "application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", "application/json; charset=none", "image/png", "", "///", "*/*",
        "application/octet-stream",
    ];

    private static readonly string[] Headers =
    [
        "Range: bytes=0-", "Range: bytes=5-1", "Range: bytes=-0", "Range: bytes=99999999999999999999-", "Range: bytes=0-1,2-3", "Range: lines=1", "If-None-Match: *", "If-Modified-Since: yesterday",
        "If-Match: \"x\"", "If-Range: Sat, 01 Jan 2000 00:00:00 GMT", "Accept-Encoding: gzip, br, \u00ff", "Expect: 100-continue", "Cookie: a=b; \u00e4", "Origin: http://elsewhere.example", "Origin: null",
        "X-Forwarded-For: ../..", "Accept: nonsense;;q=2", "Sec-Fetch-Site: cross-site", "Content-Encoding: gzip", "X-HTTP-Method-Override: DELETE",
    ];

    /// <summary>A request for one of the operations.</summary>
    public FuzzRequest Make(int seed)
    {
        var random = new Random(seed);
        // In turn, so that every operation is tried as often as any other.
        var operation = Operation.All[seed % Operation.All.Count];
        var target = Target(random, operation);
        var headers = new List<string> { $"Host: {(random.Next(40) == 0 ? "elsewhere.example:1" : "127.0.0.1")}", "Connection: close" };
        if (User(random) is { } user)
            headers.Add($"Comfy-User: {user}");
        if (random.Next(4) == 0)
            headers.Add(Headers[random.Next(Headers.Length)]);
        if (operation.Path == "/ws" && random.Next(5) > 0)
            return Socket(random, seed, operation, target, headers);
        var method = random.Next(20) == 0 ? random.GetItems(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FUZZ"], 1)[0] : operation.Method;
        var (type, body) = Body(random, operation, method);
        if (type is not null)
            headers.Add($"Content-Type: {type}");
        return new FuzzRequest(seed, operation.Name, method, target, headers, body, End(random, method, body));
    }

    private string Target(Random random, Operation operation)
    {
        var target = new StringBuilder(operation.Prefixes[random.Next(operation.Prefixes.Count)]);
        foreach (var segment in operation.Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            target.Append('/').Append(segment[0] != '{' ? segment : random.Next(3) == 0 ? Uri.EscapeDataString(known.Any(random)) : BadTexts.Encoded(random, BadTexts.Name(random)));
        if (random.Next(30) == 0)
            target.Append(random.GetItems(["/", "//", "/..", "/%2e%2e/%2e%2e/canary.txt", "%00", ";x=1", "/x"], 1)[0]);
        var separator = '?';
        foreach (var name in operation.Query.Where(_ => random.Next(3) > 0).Append(random.Next(10) == 0 ? BadTexts.Encoded(random, BadTexts.Name(random)) : ""))
        {
            if (name.Length == 0)
                continue;
            var value = random.Next(4) == 0 ? Uri.EscapeDataString(known.Any(random)) : BadTexts.Encoded(random, random.Next(6) == 0 ? BadJson.Value(random, known, 2) : BadTexts.Name(random));
            target.Append(separator).Append(name).Append('=').Append(value);
            if (random.Next(15) == 0)
                target.Append('&').Append(name).Append('=').Append(value);
            separator = '&';
        }
        return target.ToString();
    }

    private string? User(Random random) => random.Next(20) switch
    {
        0 => null,
        1 => BadTexts.Encoded(random, BadTexts.Name(random)),
        _ => known.User,
    };

    private (string? Type, byte[] Body) Body(Random random, Operation operation, string method)
    {
        if (method is "GET" or "HEAD" && random.Next(10) > 0)
            return (null, []);
        var kind = operation.Body.Length > 0 && random.Next(12) > 0 ? operation.Body : random.GetItems(["json", "form", "bytes", "none"], 1)[0];
        if (kind == "none")
            return (null, []);
        var (type, body) = kind switch
        {
            "json" => ("application/json", BadJson.Body(random, operation.Name, known)),
            "form" => BadForms.Make(random, operation.Name, known),
            _ => ("application/octet-stream", BadJson.Bytes(random)),
        };
        return (random.Next(8) == 0 ? Types[random.Next(Types.Length)] : type, body);
    }

    private static BodyEnd End(Random random, string method, byte[] body) => body.Length == 0 && method is "GET" or "HEAD" ? BodyEnd.Whole : random.Next(24) switch
    {
        0 => BodyEnd.CutByLength,
        1 => BodyEnd.CutInChunks,
        2 => BodyEnd.Reset,
        < 6 => BodyEnd.Chunked,
        _ => BodyEnd.Whole,
    };

    private FuzzRequest Socket(Random random, int seed, Operation operation, string target, List<string> headers)
    {
        headers.Remove("Connection: close");
        headers.AddRange(["Connection: Upgrade", "Upgrade: websocket", $"Sec-WebSocket-Version: {(random.Next(10) == 0 ? 8 : 13)}", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]);
        var frames = new MemoryStream();
        for (var i = random.Next(1, 6); i > 0; i--)
            frames.Write(Frame(random));
        return new FuzzRequest(seed, operation.Name, "GET", target, headers, frames.ToArray(), BodyEnd.Whole);
    }

    private byte[] Frame(Random random)
    {
        var content = random.Next(4) == 0
            ? BadJson.Bytes(random)
            : Encoding.UTF8.GetBytes($"{{\"type\":{(random.Next(2) == 0 ? "\"feature_flags\"" : BadJson.Value(random, known, 1))},\"data\":{BadJson.Value(random, known)}}}");
        var opcode = random.Next(8) switch { 0 => random.Next(16), 1 => 2, 2 => 9, _ => 1 };
        var isLast = random.Next(8) > 0;
        var isMasked = random.Next(12) > 0;
        var told = random.Next(15) == 0 ? long.MaxValue : content.Length;
        Span<byte> head = stackalloc byte[14];
        head[0] = (byte)((isLast ? 0x80 : 0) | (random.Next(15) == 0 ? 0x40 : 0) | opcode);
        head[1] = (byte)((isMasked ? 0x80 : 0) | 127);
        BinaryPrimitives.WriteInt64BigEndian(head[2..], told);
        // A mask of zeros leaves the content as it is.
        return [.. head[..(isMasked ? 14 : 10)], .. content];
    }
}

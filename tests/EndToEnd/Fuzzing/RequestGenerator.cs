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
        var dice = new Dice(seed);
        // In turn, so that every operation is tried as often as any other.
        var operation = Operation.All[seed % Operation.All.Count];
        var (target, isPath) = Target(dice, operation);
        var headers = new List<string> { $"Host: {(dice.OnceIn(40) ? "elsewhere.example:1" : "127.0.0.1")}", "Connection: close" };
        if (!dice.OnceIn(20))
            headers.Add($"Comfy-User: {(dice.OnceIn(20) ? BadTexts.Encoded(dice.Random, BadTexts.Name(dice.Random)) : known.User)}");
        if (dice.OnceIn(4))
            headers.Add(Headers[dice.Random.Next(Headers.Length)]);
        if (operation.Path == "/ws" && !dice.OnceIn(5))
            return Socket(dice.Random, seed, operation, target, headers, isPath);
        var method = dice.OnceIn(20) ? dice.One("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FUZZ") : operation.Method;
        var (type, body) = Body(dice, operation, method);
        if (type is not null)
            headers.Add($"Content-Type: {type}");
        var end = End(dice.Random, method, body);
        return new FuzzRequest(seed, operation, method, target, headers, body, end, isPath && method == operation.Method && end is BodyEnd.Whole or BodyEnd.Chunked);
    }

    /// <summary>Path and query, and whether the path is one of the operation's.</summary>
    private (string Target, bool IsPath) Target(Dice dice, Operation operation)
    {
        var isPath = true;
        var target = new StringBuilder(operation.Prefixes[dice.Random.Next(operation.Prefixes.Count)]);
        foreach (var segment in operation.Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var spoils = segment[0] == '{' && dice.Spoils;
            isPath &= !spoils;
            target.Append('/').Append(segment[0] != '{' ? segment : spoils ? BadTexts.Encoded(dice.Random, BadTexts.Name(dice.Random)) : Uri.EscapeDataString(Right(dice, operation, segment.Trim('{', '}'))));
        }
        if (dice.OnceIn(30))
        {
            isPath = false;
            target.Append(dice.One("/", "//", "/..", "/%2e%2e/%2e%2e/canary.txt", "%00", ";x=1", "/x"));
        }
        var separator = '?';
        foreach (var name in operation.Query.Where(_ => dice.OnceIn(2)).Append(dice.OnceIn(10) ? BadTexts.Encoded(dice.Random, BadTexts.Name(dice.Random)) : ""))
        {
            if (name.Length == 0)
                continue;
            var value = dice.Spoils
                ? BadTexts.Encoded(dice.Random, dice.OnceIn(6) ? BadJson.Value(dice.Random, known, 2) : BadTexts.Name(dice.Random))
                : Uri.EscapeDataString(Right(dice, operation, name));
            target.Append(separator).Append(name).Append('=').Append(value);
            if (dice.OnceIn(15))
                target.Append('&').Append(name).Append('=').Append(value);
            separator = '&';
        }
        return (target.ToString(), isPath);
    }

    /// <summary>A value that the operation takes for a parameter of its path or query.</summary>
    private string Right(Dice dice, Operation operation, string parameter) => parameter switch
    {
        "id" when operation.Path.StartsWith("/assets", StringComparison.Ordinal) => known.Asset(dice.Random),
        "id" when operation.Path.StartsWith("/settings", StringComparison.Ordinal) => "Comfy.A",
        "id" => known.Prompt,
        "hash" => known.Hashes[dice.Random.Next(known.Hashes.Count)],
        "filename" => dice.One(known.Image, known.Hashes[0], "a.safetensors"),
        "folder" => dice.One("loras", "checkpoints"),
        "type" => dice.One("input", "output", "temp"),
        "file" or "dest" => dice.One("workflows/a.json", "b.txt"),
        "dir" or "path" => dice.One("workflows", "", "."),
        "limit" or "offset" or "max_items" or "index" => dice.One("0", "1", "20"),
        "status" => "completed",
        "sort" or "sort_by" => dice.One("created_at", "name"),
        "order" or "sort_order" => dice.One("asc", "desc"),
        "metadata_filter" => "{\"k\":1}",
        "preview" => dice.One("webp;90", "jpeg"),
        "channel" => dice.One("rgb", "rgba", "a"),
        "include_tags" or "exclude_tags" or "prefix" or "name_contains" => dice.One("in", "input"),
        "subfolder" => "",
        "disposition" => "inline",
        "name" => "EmptyImage",
        "clientId" => known.Any(dice.Random),
        _ => dice.One("true", "false"),
    };

    private (string? Type, byte[] Body) Body(Dice dice, Operation operation, string method)
    {
        if (method is "GET" or "HEAD" && !dice.OnceIn(10))
            return (null, []);
        var kind = operation.Body.Length > 0 && !dice.OnceIn(12) ? operation.Body : dice.One("json", "form", "bytes", "none");
        if (kind == "none")
            return (null, []);
        var (type, body) = kind switch
        {
            "json" => ("application/json", BadJson.Body(dice, operation.Name, known)),
            "form" => BadForms.Make(dice, operation.Name, known),
            _ => ("application/octet-stream", BadJson.Bytes(dice.Random)),
        };
        return (dice.OnceIn(10) ? Types[dice.Random.Next(Types.Length)] : type, body);
    }

    private static BodyEnd End(Random random, string method, byte[] body) => body.Length == 0 && method is "GET" or "HEAD" ? BodyEnd.Whole : random.Next(24) switch
    {
        0 => BodyEnd.CutByLength,
        1 => BodyEnd.CutInChunks,
        2 => BodyEnd.Reset,
        < 6 => BodyEnd.Chunked,
        _ => BodyEnd.Whole,
    };

    private FuzzRequest Socket(Random random, int seed, Operation operation, string target, List<string> headers, bool isPath)
    {
        headers.Remove("Connection: close");
        headers.AddRange(["Connection: Upgrade", "Upgrade: websocket", $"Sec-WebSocket-Version: {(random.Next(10) == 0 ? 8 : 13)}", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]);
        var frames = new MemoryStream();
        for (var i = random.Next(1, 6); i > 0; i--)
            frames.Write(Frame(random));
        return new FuzzRequest(seed, operation, "GET", target, headers, frames.ToArray(), BodyEnd.Whole, isPath);
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

using System.Text;
using System.Text.Json;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>Bodies that are JSON, nearly JSON, or none.</summary>
internal static class BadJson
{
    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-1", "-0", "1.5", "1e308", "1e999", "-1e-999", "9223372036854775807", "9223372036854775808", "-99999999999999999999999999999", "01", "+1", "NaN", "Infinity", "0x1",
        "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\uZZZZ\"", "\"a", "[]", "{}", "[null]", "[[],{}]", "{\"\":{}}", "{\"a\":1,\"a\":2}", "[1,]", "{,}", "'x'",
    ];

    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["executePrompt"] = ["prompt", "client_id", "extra_data", "number", "front", "prompt_id", "partial_execution_targets"],
        ["manageQueue"] = ["clear", "delete"],
        ["manageHistory"] = ["clear", "delete"],
        ["interruptExecution"] = ["prompt_id"],
        ["freeMemory"] = ["unload_models", "free_memory"],
        ["cancelJobs"] = ["job_ids"],
        ["createUser"] = ["username"],
        ["updateSettings"] = ["Comfy.A", "b", "\u00e4\u65e5"],
        ["subscribeToLogs"] = ["enabled", "clientId"],
        ["createAssetFromHash"] = ["hash", "name", "tags", "user_metadata"],
        ["updateAsset"] = ["name", "user_metadata", "preview_id", "tags"],
        ["addAssetTags"] = ["tags"],
        ["removeAssetTags"] = ["tags"],
        ["seedAssets"] = ["roots"],
    };

    /// <summary>A body for an operation.</summary>
    public static byte[] Body(Random random, string operation, KnownThings known) => random.Next(14) switch
    {
        0 => Deep(random),
        1 => [],
        2 => Bytes(random),
        3 => Encoding.Unicode.GetBytes(Object(random, operation, known)),
        4 => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Object(random, operation, known))],
        5 => Cut(random, Encoding.UTF8.GetBytes(Object(random, operation, known))),
        6 => Encoding.UTF8.GetBytes(Scalars[random.Next(Scalars.Length)]),
        7 => Spoilt(random, Encoding.UTF8.GetBytes(Object(random, operation, known))),
        _ => Encoding.UTF8.GetBytes(Object(random, operation, known)),
    };

    /// <summary>A value of any type, to a depth.</summary>
    public static string Value(Random random, KnownThings known, int depth = 3) => random.Next(depth > 0 ? 12 : 6) switch
    {
        < 3 => Scalars[random.Next(Scalars.Length)],
        3 => JsonSerializer.Serialize(BadTexts.Name(random)),
        4 => JsonSerializer.Serialize(known.Any(random)),
        5 => JsonSerializer.Serialize(new string('x', random.Next(1, 3000))),
        < 9 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, known, depth - 1)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"{JsonSerializer.Serialize(BadTexts.Name(random))}:{Value(random, known, depth - 1)}"))}}}",
    };

    private static string Object(Random random, string operation, KnownThings known)
    {
        var members = Members.GetValueOrDefault(operation) ?? ["a", "b"];
        var chosen = members.Where(_ => random.Next(3) > 0).Select(name => $"{JsonSerializer.Serialize(name)}:{Member(random, name, known)}");
        return $"{{{string.Join(',', chosen)}}}";
    }

    private static string Member(Random random, string name, KnownThings known)
    {
        if (random.Next(3) == 0)
            return Value(random, known);
        return name switch
        {
            "prompt" => Graph(random, known),
            "tags" or "delete" or "job_ids" or "roots" or "partial_execution_targets" => $"[{Value(random, known, 1)},\"input\",{JsonSerializer.Serialize(known.Any(random))}]",
            "clear" or "front" or "enabled" or "unload_models" or "free_memory" => random.Next(2) == 0 ? "true" : "false",
            "extra_data" or "user_metadata" => $"{{\"k\":{Value(random, known)}}}",
            _ => JsonSerializer.Serialize(random.Next(2) == 0 ? known.Any(random) : BadTexts.Name(random)),
        };
    }

    /// <summary>A graph with some of it wrong; what runs of it is small.</summary>
    private static string Graph(Random random, KnownThings known)
    {
        string Or(string right) => random.Next(6) == 0 ? Value(random, known, 2) : right;
        var image = $"{{\"class_type\":{Or("\"EmptyImage\"")},\"inputs\":{Or($"{{\"width\":{Or("8")},\"height\":{Or("8")},\"batch_size\":{Or("1")},\"color\":{random.Next(1 << 24)}}}")}}}";
        var save = $"{{\"class_type\":{Or("\"SaveImage\"")},\"inputs\":{Or($"{{\"images\":{Or("[\"1\",0]")},\"filename_prefix\":{Or(JsonSerializer.Serialize(BadTexts.Name(random)))}}}")}}}";
        var load = $"{{\"class_type\":\"LoadImage\",\"inputs\":{{\"image\":{JsonSerializer.Serialize(BadTexts.Name(random))}}}}}";
        return random.Next(8) switch
        {
            0 => $"{{\"1\":{image},\"2\":{load},\"3\":{{\"class_type\":\"PreviewImage\",\"inputs\":{{\"images\":[\"2\",0]}}}}}}",
            1 => $"{{\"1\":{{\"class_type\":\"ImageInvert\",\"inputs\":{{\"image\":[\"1\",0]}}}},\"2\":{save}}}",
            _ => $"{{{JsonSerializer.Serialize(random.Next(8) == 0 ? BadTexts.Name(random) : "1")}:{image},\"2\":{save}}}",
        };
    }

    private static byte[] Deep(Random random)
    {
        var depth = random.GetItems([60, 250, 1000, 5000, 50_000], 1)[0];
        var open = random.Next(2) == 0 ? "[" : "{\"a\":";
        var text = new StringBuilder().Insert(0, open, depth);
        if (random.Next(2) == 0)
            text.Append('1').Append(new string(open == "[" ? ']' : '}', depth));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Bytes of no kind.</summary>
    public static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.GetItems([1, 10, 300, 5000, 70_000], 1)[0]];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Cut(Random random, byte[] body) => body[..random.Next(body.Length)];

    private static byte[] Spoilt(Random random, byte[] body)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
            body[random.Next(body.Length)] = (byte)random.Next(256);
        return body;
    }
}

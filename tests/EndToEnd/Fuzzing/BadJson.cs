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
    public static byte[] Body(Dice dice, string operation, KnownThings known)
    {
        var body = Encoding.UTF8.GetBytes(Object(dice, operation, known));
        return !dice.OnceIn(3) ? body : dice.Random.Next(7) switch
        {
            0 => Deep(dice.Random),
            1 => [],
            2 => Bytes(dice.Random),
            3 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body)),
            4 => [0xEF, 0xBB, 0xBF, .. body],
            5 => body[..dice.Random.Next(body.Length)],
            _ => Spoilt(dice.Random, body),
        };
    }

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

    private static string Object(Dice dice, string operation, KnownThings known)
    {
        var members = Members.GetValueOrDefault(operation) ?? ["a", "b"];
        var chosen = members.Where((_, i) => i == 0 ? !dice.Spoils : dice.OnceIn(2)).Select(name => $"{JsonSerializer.Serialize(name)}:{(dice.Spoils ? Value(dice.Random, known) : Right(dice, name, known))}");
        return $"{{{string.Join(',', chosen)}}}";
    }

    private static string Right(Dice dice, string name, KnownThings known) => name switch
    {
        "prompt" => Graph(dice, known),
        "tags" => $"[\"input\",{Or(dice, "\"sub\"", known)}]",
        "roots" => "[\"input\"]",
        "partial_execution_targets" => "[\"2\"]",
        "delete" or "job_ids" => $"[{Or(dice, JsonSerializer.Serialize(known.Prompt), known)}]",
        "clear" or "front" or "enabled" or "unload_models" or "free_memory" => dice.One("true", "false"),
        "number" => dice.One("1", "-1", "0.5", "1e300", "9223372036854775808"),
        "extra_data" => $"{{\"extra_pnginfo\":{Or(dice, "{}", known)},\"k\":{Value(dice.Random, known)}}}",
        "user_metadata" => $"{{\"k\":{Value(dice.Random, known)}}}",
        "hash" => JsonSerializer.Serialize(known.Hashes[0]),
        "preview_id" => JsonSerializer.Serialize(known.Asset(dice.Random)),
        _ => JsonSerializer.Serialize(dice.OnceIn(3) ? BadTexts.Name(dice.Random) : known.Any(dice.Random)),
    };

    private static string Or(Dice dice, string right, KnownThings known) => dice.Spoils ? Value(dice.Random, known, 2) : right;

    /// <summary>A graph with some of it wrong; what runs of it is small.</summary>
    private static string Graph(Dice dice, KnownThings known)
    {
        string Maybe(string right) => Or(dice, right, known);
        var image = $"{{\"class_type\":{Maybe("\"EmptyImage\"")},\"inputs\":{Maybe($"{{\"width\":{Maybe("8")},\"height\":{Maybe("8")},\"batch_size\":{Maybe("1")},\"color\":{dice.Random.Next(1 << 24)}}}")}}}";
        var save = $"{{\"class_type\":{Maybe("\"SaveImage\"")},\"inputs\":{Maybe($"{{\"images\":{Maybe("[\"1\",0]")},\"filename_prefix\":{JsonSerializer.Serialize(dice.OnceIn(2) ? BadTexts.Name(dice.Random) : "fuzz")}}}")}}}";
        var load = $"{{\"class_type\":\"LoadImage\",\"inputs\":{{\"image\":{JsonSerializer.Serialize(dice.OnceIn(2) ? BadTexts.Name(dice.Random) : known.Image)}}}}}";
        return dice.Random.Next(8) switch
        {
            0 => $"{{\"1\":{image},\"2\":{load},\"3\":{{\"class_type\":\"PreviewImage\",\"inputs\":{{\"images\":[\"2\",0]}}}}}}",
            1 => $"{{\"1\":{{\"class_type\":\"ImageInvert\",\"inputs\":{{\"image\":[\"1\",0]}}}},\"2\":{save}}}",
            _ => $"{{{JsonSerializer.Serialize(dice.Spoils ? BadTexts.Name(dice.Random) : "1")}:{image},\"2\":{save}}}",
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

    private static byte[] Spoilt(Random random, byte[] body)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
            body[random.Next(body.Length)] = (byte)random.Next(256);
        return body;
    }
}

using System.Globalization;
using System.Text.Json;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Text;
using Farm.Gateway.Http;

namespace Farm.Gateway.Prompts;

/// <summary>What a client posts: the envelope around a graph, as given.</summary>
internal sealed record PromptRequest
{
    private static readonly string[] SecretKeys = ["auth_token_comfy_org", "api_key_comfy_org"];

    /// <summary>The body as it came.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>The graph, or null where the body has none.</summary>
    public required JsonElement? Prompt { get; init; }

    /// <summary>The id that the client chose, or null for one of ours.</summary>
    public required string? PromptId { get; init; }

    /// <summary>The rank that the client chose, or null for the next number.</summary>
    public required double? Number { get; init; }

    /// <summary>Whether the next number is made negative, to be served first.</summary>
    public required bool Front { get; init; }

    /// <summary>The socket that follows the run, as text; null for none.</summary>
    public required string? ClientId { get; init; }

    /// <summary>The workflow that the client says the graph came from; null where it says none that can be looked up.</summary>
    public string? WorkflowId => ExtraData.TryGetValue("extra_pnginfo", out var info) ? WorkflowName.In(info) : null;

    /// <summary>Members of extra_data in order, with client_id, without secrets.</summary>
    public required OrderedDictionary<string, JsonElement> ExtraData { get; init; }

    /// <summary>What <c>extra_data.farm</c> asks for.</summary>
    public required PromptNeeds Needs { get; init; }

    /// <summary>The secrets taken out of extra_data as a JSON object, or null.</summary>
    public required string? Secrets { get; init; }

    /// <summary>Ids of the only outputs wanted, or null for all.</summary>
    public required IReadOnlySet<string>? Targets { get; init; }

    /// <summary>Reads a body; refuses a member of the wrong kind by its name.</summary>
    /// <param name="body">The parsed body.</param>
    /// <param name="maxIdLength">Longest prompt_id or client_id.</param>
    public static PromptRequest Read(JsonElement body, int maxIdLength)
    {
        if (body.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String))
            throw RequestRefusedException.Field("body", "must be a JSON object");
        var extra = ReadExtraData(body);
        var secrets = TakeSecrets(extra);
        return new PromptRequest
        {
            Body = body,
            Prompt = body.Member("prompt"),
            PromptId = body.Member("prompt_id") is { } id ? Limited("prompt_id", PythonText.Str(id), maxIdLength) : null,
            Number = body.Member("number") is { } number ? ReadNumber(number) : null,
            Front = body.Member("front") is { } front && front.IsTruthy(),
            ClientId = extra.TryGetValue("client_id", out var client) && client.ValueKind is not JsonValueKind.Null
                ? Limited("client_id", PythonText.Str(client), maxIdLength)
                : null,
            ExtraData = extra,
            Needs = extra.TryGetValue("farm", out var farm) && farm.ValueKind is not JsonValueKind.Null ? FarmRequest.Read(farm) : PromptNeeds.None,
            Secrets = secrets,
            Targets = ReadTargets(body.Member("partial_execution_targets")),
        };
    }

    private static OrderedDictionary<string, JsonElement> ReadExtraData(JsonElement body)
    {
        var extra = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        if (body.Member("extra_data") is { } given)
        {
            if (given.ValueKind is not JsonValueKind.Object)
                throw RequestRefusedException.Field("extra_data", "must be an object");
            foreach (var member in given.EnumerateObject())
                extra[member.Name] = member.Value;
        }
        if (body.Member("client_id") is { } client)
            extra["client_id"] = client;
        return extra;
    }

    private static string? TakeSecrets(OrderedDictionary<string, JsonElement> extra)
    {
        var found = SecretKeys.Where(extra.ContainsKey).ToDictionary(key => key, key => extra[key]);
        foreach (var key in found.Keys)
            extra.Remove(key);
        return found.Count == 0 ? null : JsonSerializer.Serialize(found);
    }

    private static double ReadNumber(JsonElement number)
    {
        var value = number.ValueKind switch
        {
            JsonValueKind.Number => number.GetDouble(),
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.String when double.TryParse(number.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => double.NaN,
        };
        return double.IsFinite(value) ? value : throw RequestRefusedException.Field("number", "must be a number");
    }

    private static HashSet<string>? ReadTargets(JsonElement? targets) => targets?.ValueKind switch
    {
        null or JsonValueKind.Null => null,
        JsonValueKind.Array => targets.Value.EnumerateArray()
            .Where(id => id.ValueKind is JsonValueKind.String).Select(id => id.GetString()!).ToHashSet(StringComparer.Ordinal),
        _ => throw RequestRefusedException.Field("partial_execution_targets", "must be a list of node ids"),
    };

    private static string Limited(string field, string text, int max)
    {
        if (text.Length > max)
            throw RequestRefusedException.Field(field, $"must not be longer than {max} characters");
        // PostgreSQL has no NUL in its texts.
        return text.Contains('\0') ? throw RequestRefusedException.Field(field, "must not hold a NUL character") : text;
    }
}

using System.Text.Json;
using Farm.Worker.Execution.Values;

namespace Farm.Worker.Execution;

/// <summary>What nodes may know of a prompt's extra_data and secrets.</summary>
internal sealed class ExtraData
{
    private ExtraData()
    {
    }

    /// <summary>extra_pnginfo, or null.</summary>
    public object? PngInfo { get; private init; }

    /// <summary>preview_method, or null.</summary>
    public string? PreviewMethod { get; private init; }

    /// <summary>The token of Comfy.org's services, or null.</summary>
    public string? AuthToken { get; private init; }

    /// <summary>The key of Comfy.org's services, or null.</summary>
    public string? ApiKey { get; private init; }

    /// <summary>Reads both JSON texts.</summary>
    public static ExtraData Read(string extraData, string? secrets)
    {
        using var extra = JsonDocument.Parse(extraData);
        using var secret = JsonDocument.Parse(secrets ?? "{}");
        return new ExtraData
        {
            PngInfo = Member(extra, "extra_pnginfo") is { } info ? JsonValues.Read(info) : null,
            PreviewMethod = Text(extra, "preview_method"),
            AuthToken = Text(secret, "auth_token_comfy_org"),
            ApiKey = Text(secret, "api_key_comfy_org"),
        };
    }

    private static string? Text(JsonDocument json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) ? value : null;
}

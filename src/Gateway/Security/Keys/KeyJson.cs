using System.Text.Json;
using Farm.Contracts.Security;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Security.Keys;

/// <summary>What an operator wants of a new key.</summary>
internal sealed record KeyWish(string Name, string Tenant, AccessScopes Scopes, DateTimeOffset? ExpiresAt);

/// <summary>Keys as JSON: times in milliseconds since 1970, null for what is not known.</summary>
internal static class KeyJson
{
    private const int LongestName = 100;
    private static readonly AccessScopes[] Known = [AccessScopes.Read, AccessScopes.Submit, AccessScopes.Operate];

    /// <summary>Reads a wish; refuses a field that breaks its rule by its name.</summary>
    public static KeyWish Read(JsonElement given, DateTimeOffset now)
    {
        var name = Text(given, "name");
        if (name is not { Length: > 0 and <= LongestName } || name.Any(char.IsControl))
            throw RequestRefusedException.Field("name", $"must be a text of 1 to {LongestName} characters");
        if (Text(given, "tenant") is not { } tenant || !TenantHeader.IsName(tenant))
            throw RequestRefusedException.Field("tenant", TenantHeader.NameRule);
        return new KeyWish(name, tenant, ScopesOf(given.Member("scopes")), Expiry(given.Member("expires_at"), now));
    }

    /// <summary>Writes a key; with its text only when it was made just now.</summary>
    public static void Write(Utf8JsonWriter writer, ApiKey key, string? text = null)
    {
        writer.WriteStartObject();
        writer.WriteString("id", key.Id);
        if (text is not null)
            writer.WriteString("key", text);
        writer.WriteString("name", key.Name);
        writer.WriteString("tenant", key.Tenant);
        WriteScopes(writer, key.Scopes);
        writer.WriteString("created_by", key.CreatedBy);
        Time(writer, "created_at", key.CreatedAt);
        Time(writer, "expires_at", key.ExpiresAt);
        Time(writer, "revoked_at", key.RevokedAt);
        Time(writer, "last_used_at", key.LastUsedAt);
        writer.WriteEndObject();
    }

    /// <summary>Writes who a caller is.</summary>
    public static void WriteSession(Utf8JsonWriter writer, bool signsIn, Caller caller, bool isOperator)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("sign_in", signsIn);
        writer.WriteString("actor", caller.Actor);
        writer.WriteString("tenant", caller.Tenant);
        WriteScopes(writer, caller.Scopes);
        writer.WriteBoolean("operator", isOperator);
        Time(writer, "expires_at", caller.Until);
        writer.WriteEndObject();
    }

    /// <summary>Scopes as words.</summary>
    public static string Names(AccessScopes scopes) => string.Join(' ', Known.Where(s => scopes.HasFlag(s)).Select(Name));

    private static string Name(AccessScopes scope) => scope.ToString().ToLowerInvariant();

    private static void WriteScopes(Utf8JsonWriter writer, AccessScopes scopes)
    {
        writer.WriteStartArray("scopes");
        foreach (var scope in Known.Where(s => scopes.HasFlag(s)))
            writer.WriteStringValue(Name(scope));
        writer.WriteEndArray();
    }

    private static AccessScopes ScopesOf(JsonElement? given)
    {
        if (given is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
            throw Scopes();
        return list.EnumerateArray().Aggregate(AccessScopes.None, (all, word) => all | ScopeOf(word));
    }

    private static AccessScopes ScopeOf(JsonElement word)
    {
        var found = word.ValueKind is JsonValueKind.String ? Known.FirstOrDefault(s => word.ValueEquals(Name(s))) : AccessScopes.None;
        return found == AccessScopes.None ? throw Scopes() : found;
    }

    private static RequestRefusedException Scopes() => RequestRefusedException.Field("scopes", "must be a list of read, submit and operate, with one of them at least");

    private static DateTimeOffset? Expiry(JsonElement? given, DateTimeOffset now)
    {
        var time = given switch
        {
            null or { ValueKind: JsonValueKind.Null } => (DateTimeOffset?)null,
            { ValueKind: JsonValueKind.String } text => QueryValues.ParseTime("expires_at", text.GetString()!),
            { } value => QueryValues.ParseTime("expires_at", value.GetRawText()),
        };
        return time <= now ? throw RequestRefusedException.Field("expires_at", "must be in the future") : time;
    }

    private static string? Text(JsonElement given, string name) => given.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static void Time(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteNumber(name, known.ToUnixTimeMilliseconds());
        else
            writer.WriteNull(name);
    }
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Farm.Gateway.Http;

/// <summary>Parsing and writing of JSON that keeps what it does not change.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    /// <summary>Parses; a key given twice keeps its first place and its last value. Throws <see cref="JsonException"/>.</summary>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        try
        {
            return ParseStrictly(utf8, maxDepth) ?? ParseWithRepeatedKeys(utf8, maxDepth);
        }
        catch (InvalidOperationException broken)
        {
            throw new JsonException("a text holds half of a surrogate pair", broken);
        }
    }

    /// <summary>Text of a value of our own making.</summary>
    public static JsonElement Value(string json) => JsonDocument.Parse(json).RootElement;

    /// <summary>A JSON string.</summary>
    public static JsonElement String(string text) => JsonDocument.Parse(Write(writer => writer.WriteStringValue(text))).RootElement;

    /// <summary>What <paramref name="write"/> writes, as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
            write(writer);
        return buffer.WrittenMemory;
    }

    /// <summary>The member of an object, or null where there is none or the value is no object.</summary>
    public static JsonElement? Member(this JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;

    /// <summary>Python's truth of a value: not null, false, zero or empty.</summary>
    public static bool IsTruthy(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Number => value.GetDouble() != 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.GetPropertyCount() > 0,
        _ => false,
    };

    /// <summary>Null where the text is broken or a key stands twice.</summary>
    private static JsonElement? ParseStrictly(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        try
        {
            var root = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false }).RootElement;
            // Half of a surrogate pair can only come from an escape; a text without such an escape needs no walk.
            if (utf8.Span.IndexOf("\\ud"u8) >= 0 || utf8.Span.IndexOf("\\uD"u8) >= 0)
                Visit(root);
            return root;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement ParseWithRepeatedKeys(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        var options = new JsonDocumentOptions { MaxDepth = maxDepth };
        var root = JsonDocument.Parse(utf8, options).RootElement;
        return JsonDocument.Parse(Write(writer => WriteOnce(writer, root)), options).RootElement;
    }

    private static void Visit(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String)
            _ = value.GetString();
        else if (value.ValueKind is JsonValueKind.Array)
            foreach (var item in value.EnumerateArray())
                Visit(item);
        else if (value.ValueKind is JsonValueKind.Object)
            foreach (var member in value.EnumerateObject())
            {
                _ = member.Name;
                Visit(member.Value);
            }
    }

    private static void WriteOnce(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray())
                WriteOnce(writer, item);
            writer.WriteEndArray();
        }
        else if (value.ValueKind is JsonValueKind.Object)
        {
            var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in value.EnumerateObject())
                members[member.Name] = member.Value;
            writer.WriteStartObject();
            foreach (var (name, member) in members)
            {
                writer.WritePropertyName(name);
                WriteOnce(writer, member);
            }
            writer.WriteEndObject();
        }
        else
        {
            value.WriteTo(writer);
        }
    }
}

using System.Text.Json;

namespace Farm.Gateway.Security;

/// <summary>The part of a page's answer that tells where in all of it the page stands.</summary>
internal static class Pages
{
    /// <summary>Writes the member <c>pagination</c>.</summary>
    public static void Write(Utf8JsonWriter writer, int offset, int limit, int total)
    {
        writer.WriteStartObject("pagination");
        writer.WriteNumber("offset", offset);
        writer.WriteNumber("limit", limit);
        writer.WriteNumber("total", total);
        writer.WriteBoolean("has_more", total - offset > limit);
        writer.WriteEndObject();
    }
}

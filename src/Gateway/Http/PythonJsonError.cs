using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Farm.Gateway.Http;

/// <summary>Says where a text stops being JSON in the words of Python's json module, which ComfyUI passes on to clients.</summary>
internal static class PythonJsonError
{
    /// <summary>The message for a text that could not be parsed.</summary>
    public static string Describe(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 1000 });
        var last = JsonTokenType.None;
        try
        {
            while (reader.Read())
                last = reader.TokenType;
        }
        catch (JsonException)
        {
            // The reader stands behind the last whole token: that is what is described.
        }
        var at = Encoding.UTF8.GetCharCount(utf8.AsSpan(0, (int)reader.BytesConsumed));
        while (at < text.Length && text[at] is ' ' or '\n' or '\r' or '\t')
            at++;
        var before = text.AsSpan(0, at);
        var wanted = Wanted(text.AsSpan(at), last, reader.CurrentDepth);
        var line = before.Count('\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        return string.Create(CultureInfo.InvariantCulture, $"{wanted}: line {line} column {column} (char {at})");
    }

    private static string Wanted(ReadOnlySpan<char> rest, JsonTokenType last, int depth) => last switch
    {
        JsonTokenType.StartObject => "Expecting property name enclosed in double quotes",
        JsonTokenType.PropertyName when !rest.StartsWith(":") => "Expecting ':' delimiter",
        JsonTokenType.PropertyName or JsonTokenType.None or JsonTokenType.StartArray => "Expecting value",
        _ when depth == 0 => "Extra data",
        _ when rest.StartsWith(",") => "Expecting value",
        _ => "Expecting ',' delimiter",
    };
}

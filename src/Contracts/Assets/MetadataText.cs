using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Farm.Contracts.Assets;

/// <summary>JSON values as texts that are equal when the values are: numbers by value, the keys of objects in ordinal order.</summary>
public static class MetadataText
{
    /// <summary>The text of a value.</summary>
    public static string Of(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    /// <summary>The texts under which a member of the metadata is found: one an element of a list, none for null.</summary>
    public static IEnumerable<string> Searchable(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.Array => value.EnumerateArray().Where(item => item.ValueKind is not JsonValueKind.Null).Select(Of).Distinct(StringComparer.Ordinal),
        _ => [Of(value)],
    };

    private static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                text.Append(Number(value));
                break;
            case JsonValueKind.String:
                text.Append(JsonSerializer.Serialize(value.GetString()));
                break;
            case JsonValueKind.Array:
                AppendAll(text, '[', value.EnumerateArray(), item => Append(text, item), ']');
                break;
            case JsonValueKind.Object:
                AppendAll(text, '{', value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal), member =>
                {
                    text.Append(JsonSerializer.Serialize(member.Name)).Append(':');
                    Append(text, member.Value);
                }, '}');
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static string Number(JsonElement value)
    {
        // Dividing by a one of full precision drops a decimal's trailing zeros: 1.0 and 1 are one number.
        const decimal One = 1.0000000000000000000000000000m;
        return value.TryGetDecimal(out var exact) ? (exact / One).ToString(CultureInfo.InvariantCulture) : value.GetDouble().ToString("R", CultureInfo.InvariantCulture);
    }

    private static void AppendAll<T>(StringBuilder text, char open, IEnumerable<T> items, Action<T> append, char close)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                text.Append(',');
            first = false;
            append(item);
        }
        text.Append(close);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Farm.Contracts.Text;

/// <summary>
/// JSON values as Python prints them. ComfyUI's error texts, its STRING coercion and the text chunks of its images are
/// Python's <c>str</c>, <c>repr</c> and <c>json.dumps</c>; clients and cached hashes see the difference. Numbers keep the kind their
/// text has: <c>1</c> is an integer of any size, <c>1.0</c> and <c>1e3</c> are floats.
/// </summary>
public static class PythonText
{
    /// <summary>What <c>str(value)</c> gives: a string as it is, anything else as <see cref="Repr(JsonElement)"/>.</summary>
    public static string Str(JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : Repr(value);

    /// <summary>What <c>repr(value)</c> gives: <c>None</c>, <c>True</c>, <c>'text'</c>, <c>[1, 2.0]</c>, <c>{'a': 1}</c>.</summary>
    public static string Repr(JsonElement value)
    {
        var text = new StringBuilder();
        AppendRepr(text, value);
        return text.ToString();
    }

    /// <summary>What <c>repr</c> gives for a string: single quotes unless only double ones avoid an escape.</summary>
    public static string Repr(string text)
    {
        var written = new StringBuilder(text.Length + 2);
        AppendRepr(written, text);
        return written.ToString();
    }

    /// <summary>What <c>repr</c> gives for a float: <c>1.0</c>, <c>0.1</c>, <c>1e-05</c>, <c>1e+16</c>, <c>nan</c>, <c>-inf</c>.</summary>
    public static string Float(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        var (negative, digits, point) = Decompose(value);
        var text = point is > -4 and <= 16 ? Fixed(digits, point) : Scientific(digits, point);
        return negative ? "-" + text : text;
    }

    /// <summary>What <c>json.dumps(value)</c> gives: a space after <c>,</c> and <c>:</c>, everything beyond ASCII escaped.</summary>
    public static string Dumps(JsonElement value)
    {
        var text = new StringBuilder();
        AppendJson(text, value);
        return text.ToString();
    }

    /// <summary>What <c>json.dumps</c> gives for a string.</summary>
    public static string Dumps(string text)
    {
        var written = new StringBuilder(text.Length + 2);
        AppendJson(written, text);
        return written.ToString();
    }

    /// <summary>Whether Python's <c>json</c> reads a number's text as a float rather than an integer.</summary>
    public static bool IsFloat(JsonElement number) => number.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') >= 0;

    private static void AppendRepr(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                AppendRepr(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(IsFloat(value) ? Float(value.GetDouble()) : Integer(value));
                break;
            case JsonValueKind.True or JsonValueKind.False:
                text.Append(value.ValueKind is JsonValueKind.True ? "True" : "False");
                break;
            case JsonValueKind.Array:
                AppendArray(text, value, AppendRepr);
                break;
            case JsonValueKind.Object:
                AppendObject(text, value, AppendRepr, AppendRepr);
                break;
            default:
                text.Append("None");
                break;
        }
    }

    private static void AppendJson(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                AppendJson(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(IsFloat(value) ? JsonFloat(value.GetDouble()) : Integer(value));
                break;
            case JsonValueKind.True or JsonValueKind.False:
                text.Append(value.ValueKind is JsonValueKind.True ? "true" : "false");
                break;
            case JsonValueKind.Array:
                AppendArray(text, value, AppendJson);
                break;
            case JsonValueKind.Object:
                AppendObject(text, value, AppendJson, AppendJson);
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void AppendArray(StringBuilder text, JsonElement array, Action<StringBuilder, JsonElement> append)
    {
        text.Append('[');
        var first = true;
        foreach (var item in array.EnumerateArray())
        {
            if (!first)
                text.Append(", ");
            first = false;
            append(text, item);
        }
        text.Append(']');
    }

    private static void AppendObject(
        StringBuilder text, JsonElement value, Action<StringBuilder, string> appendKey, Action<StringBuilder, JsonElement> append)
    {
        text.Append('{');
        var first = true;
        foreach (var member in value.EnumerateObject())
        {
            if (!first)
                text.Append(", ");
            first = false;
            appendKey(text, member.Name);
            text.Append(": ");
            append(text, member.Value);
        }
        text.Append('}');
    }

    private static void AppendRepr(StringBuilder text, string value)
    {
        var quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.Append(quote);
        for (var i = 0; i < value.Length; i += char.IsSurrogatePair(value, i) ? 2 : 1)
        {
            var c = value[i];
            if (c == quote || c == '\\')
                text.Append('\\').Append(c);
            else if (c is '\n' or '\r' or '\t')
                text.Append('\\').Append(c switch { '\n' => 'n', '\r' => 'r', _ => 't' });
            else
                AppendPrintable(text, value, i);
        }
        text.Append(quote);
    }

    private static void AppendPrintable(StringBuilder text, string value, int index)
    {
        var pair = char.IsSurrogatePair(value, index);
        var code = pair ? char.ConvertToUtf32(value, index) : value[index];
        if (code == ' ' || IsPrintable(CharUnicodeInfo.GetUnicodeCategory(code)))
            text.Append(value, index, pair ? 2 : 1);
        else if (code <= 0xff)
            text.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}");
        else
            text.Append(CultureInfo.InvariantCulture, $"{(code <= 0xffff ? $"\\u{code:x4}" : $"\\U{code:x8}")}");
    }

    private static bool IsPrintable(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    private static void AppendJson(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            if (c is >= ' ' and <= '~' and not ('"' or '\\'))
                text.Append(c);
            else
                text.Append(JsonEscape(c));
        }
        text.Append('"');
    }

    private static string JsonEscape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\f' => "\\f",
        '\b' => "\\b",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
    };

    private static string JsonFloat(double value) => Float(value) switch { "nan" => "NaN", "inf" => "Infinity", "-inf" => "-Infinity", var text => text };

    // JSON knows -0 as a number; Python's integers do not.
    private static string Integer(JsonElement number) => number.GetRawText() is var text && text == "-0" ? "0" : text;

    // The shortest digits that read back as the same double, and where the decimal point stands before the first of them.
    private static (bool Negative, string Digits, int Point) Decompose(double value)
    {
        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var whole = parts[0].IndexOf('.') is var dot and >= 0 ? dot : parts[0].Length;
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return significant.Length == 0
            ? (double.IsNegative(value), "0", 1)
            : (double.IsNegative(value), significant.TrimEnd('0'), whole - (digits.Length - significant.Length) + exponent);
    }

    private static string Fixed(string digits, int point) => point switch
    {
        <= 0 => "0." + new string('0', -point) + digits,
        _ when digits.Length <= point => digits + new string('0', point - digits.Length) + ".0",
        _ => digits[..point] + "." + digits[point..],
    };

    private static string Scientific(string digits, int point)
    {
        var fraction = digits.Length > 1 ? "." + digits[1..] : "";
        var exponent = point - 1;
        return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}

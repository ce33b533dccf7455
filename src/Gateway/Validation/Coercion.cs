using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Farm.Contracts.Text;
using Farm.Gateway.Http;

namespace Farm.Gateway.Validation;

/// <summary>
/// Turns a literal into the type its input declares, as ComfyUI does before a prompt is queued: INT, FLOAT, STRING and BOOLEAN only.
/// </summary>
internal static class Coercion
{
    /// <summary>How a float that JSON has no number for is kept in a prompt.</summary>
    public const string NotANumber = "NaN";

    private const string Infinite = "1e999";

    /// <summary>The coerced literal, the literal itself where the type asks for nothing. Throws <see cref="FormatException"/> with Python's text.</summary>
    public static JsonElement Coerce(string type, JsonElement value) => type switch
    {
        "INT" => ToInteger(value),
        "FLOAT" => ToFloat(value),
        "STRING" => value.ValueKind is JsonValueKind.String ? value : JsonText.String(PythonText.Str(value)),
        "BOOLEAN" => JsonText.Value(value.IsTruthy() ? "true" : "false"),
        _ => value,
    };

    private static JsonElement ToInteger(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return JsonText.Value(value.GetBoolean() ? "1" : "0");
            case JsonValueKind.Number:
                return PythonText.IsFloat(value) ? JsonText.Value(Truncate(value.GetDouble())) : value;
            case JsonValueKind.String:
                return JsonText.Value(ParseInteger(value.GetString()!));
            default:
                throw new FormatException(
                    $"int() argument must be a string, a bytes-like object or a real number, not '{PythonEquality.TypeName(value)}'");
        }
    }

    private static string Truncate(double value) => double.IsFinite(value)
        ? new BigInteger(Math.Truncate(value)).ToString(CultureInfo.InvariantCulture)
        : throw new FormatException("cannot convert float infinity to integer");

    private static string ParseInteger(string text)
    {
        var digits = WithoutUnderscores(text.Trim());
        if (digits is null || !IsInteger(digits))
            throw new FormatException($"invalid literal for int() with base 10: {PythonText.Repr(text)}");
        return PythonEquality.ParseInteger(digits).ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsInteger(string text) => text.AsSpan(text.StartsWith('-') || text.StartsWith('+') ? 1 : 0) is { Length: > 0 } rest
        && !rest.ContainsAnyExceptInRange('0', '9');

    private static JsonElement ToFloat(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return JsonText.Value(value.GetBoolean() ? "1.0" : "0.0");
            case JsonValueKind.Number:
                return PythonText.IsFloat(value) ? value : Write(ToDouble(value));
            case JsonValueKind.String:
                return Write(ParseFloat(value.GetString()!));
            default:
                throw new FormatException($"float() argument must be a string or a real number, not '{PythonEquality.TypeName(value)}'");
        }
    }

    private static double ToDouble(JsonElement whole) => (double)PythonEquality.Integer(whole)!.Value is var number && double.IsFinite(number)
        ? number
        : throw new FormatException("int too large to convert to float");

    private static double ParseFloat(string text)
    {
        var trimmed = text.Trim();
        switch (trimmed.TrimStart('+', '-').ToLowerInvariant())
        {
            case "inf" or "infinity" when trimmed.Length - trimmed.TrimStart('+', '-').Length <= 1:
                return trimmed.StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity;
            case "nan" when trimmed.Length - trimmed.TrimStart('+', '-').Length <= 1:
                return double.NaN;
        }
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return WithoutUnderscores(trimmed) is { } digits && digits.Any(char.IsAsciiDigit)
            && double.TryParse(digits, style, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"could not convert string to float: {PythonText.Repr(text)}");
    }

    private static JsonElement Write(double number) =>
        double.IsNaN(number) ? JsonText.String(NotANumber)
        : JsonText.Value(double.IsInfinity(number) ? (number > 0 ? Infinite : "-" + Infinite) : PythonText.Float(number));

    /// <summary>The text without underscores between digits; null where one stands elsewhere.</summary>
    private static string? WithoutUnderscores(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && (i == 0 || i == text.Length - 1 || !char.IsAsciiDigit(text[i - 1]) || !char.IsAsciiDigit(text[i + 1])))
                return null;
        }
        return text.Replace("_", "", StringComparison.Ordinal);
    }
}

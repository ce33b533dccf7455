using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Farm.Contracts.Text;

namespace Farm.Gateway.Validation;

/// <summary>Equality and order of JSON values as Python sees them: <c>1 == 1.0 == True</c>, whole numbers of any size.</summary>
internal static class PythonEquality
{
    private const int MostDigits = 4300;

    /// <summary>Whether two values are equal.</summary>
    public static bool AreEqual(JsonElement a, JsonElement b)
    {
        if (IsNumber(a) && IsNumber(b))
            return CompareNumbers(a, b) == 0;
        if (a.ValueKind != b.ValueKind)
            return false;
        return a.ValueKind switch
        {
            JsonValueKind.String => a.ValueEquals(b.GetString()),
            JsonValueKind.Array => a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(p => AreEqual(p.First, p.Second)),
            JsonValueKind.Object => a.GetPropertyCount() == b.GetPropertyCount()
                && a.EnumerateObject().All(m => b.TryGetProperty(m.Name, out var other) && AreEqual(m.Value, other)),
            _ => true,
        };
    }

    /// <summary>The order of two values; null where one is NaN, which has none. Throws what Python says of values that cannot be compared.</summary>
    /// <param name="a">Left of the operator.</param>
    /// <param name="b">Right of the operator.</param>
    /// <param name="sign">The operator, for the text of the exception.</param>
    public static int? Compare(JsonElement a, JsonElement b, char sign)
    {
        if (IsNumber(a) && IsNumber(b))
            return CompareNumbers(a, b);
        if (a.ValueKind is JsonValueKind.String && b.ValueKind is JsonValueKind.String)
            return string.CompareOrdinal(a.GetString(), b.GetString());
        // A float that is no JSON number is kept as text; it is neither smaller nor bigger.
        if (a.ValueKind is JsonValueKind.String && a.ValueEquals(Coercion.NotANumber))
            return null;
        throw new NodeCheckException("TypeError", $"'{sign}' not supported between instances of '{TypeName(a)}' and '{TypeName(b)}'");
    }

    /// <summary>The name of a value's Python type.</summary>
    public static string TypeName(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "str",
        JsonValueKind.Number => PythonText.IsFloat(value) ? "float" : "int",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "dict",
        _ => "NoneType",
    };

    /// <summary>A whole number of a JSON text that Python reads as one; null for a float.</summary>
    public static BigInteger? Integer(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => BigInteger.One,
        JsonValueKind.False => BigInteger.Zero,
        JsonValueKind.Number when !PythonText.IsFloat(value) => ParseInteger(value.GetRawText()),
        _ => null,
    };

    /// <summary>Parses digits with an optional sign, as many as Python takes.</summary>
    public static BigInteger ParseInteger(string digits) => digits.Length <= MostDigits
        ? BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : throw new NodeCheckException("ValueError", $"Exceeds the limit ({MostDigits} digits) for integer string conversion");

    private static bool IsNumber(JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private static int CompareNumbers(JsonElement a, JsonElement b)
    {
        if (Integer(a) is { } left && Integer(b) is { } right)
            return left.CompareTo(right);
        return ToDouble(a).CompareTo(ToDouble(b));
    }

    private static double ToDouble(JsonElement value) => Integer(value) is { } whole ? (double)whole : value.GetDouble();
}

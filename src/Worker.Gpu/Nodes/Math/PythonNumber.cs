using System.Globalization;
using System.Numerics;
using System.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Numbers as Python reads and converts them.</summary>
internal static class PythonNumber
{
    /// <summary>The most digits that Python takes for an integer in text.</summary>
    public const int MaxDigits = 4300;

    /// <summary><c>float(integer)</c>: the nearest double, halves to even.</summary>
    /// <exception cref="NodeFailedException">OverflowError beyond the largest double.</exception>
    public static double ToFloat(BigInteger integer)
    {
        if (integer.GetBitLength() <= 53) return (double)integer;
        var value = integer.GetBitLength() > 1025 ? double.PositiveInfinity : double.Parse(integer.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : throw new NodeFailedException("OverflowError", "int too large to convert to float");
    }

    /// <summary><c>int(number)</c>: cut toward zero.</summary>
    /// <exception cref="NodeFailedException">ValueError for NaN, OverflowError for an infinity.</exception>
    public static BigInteger ToInteger(double number)
    {
        if (double.IsNaN(number)) throw NodeFailedException.ValueError("cannot convert float NaN to integer");
        if (double.IsInfinity(number)) throw new NodeFailedException("OverflowError", "cannot convert float infinity to integer");
        return new BigInteger(number);
    }

    /// <summary><c>int(text)</c>.</summary>
    public static bool TryParseInteger(string text, out BigInteger value)
    {
        value = default;
        return Clean(text) is { } digits && digits.Length <= MaxDigits + 1
            && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary><c>float(text)</c>, NaN and infinities included.</summary>
    public static bool TryParseFloat(string text, out double value)
    {
        value = default;
        if (Clean(text) is not { } digits) return false;
        var isNegative = digits.StartsWith('-');
        switch ((digits is ['+' or '-', ..] ? digits[1..] : digits).ToLowerInvariant())
        {
            case "nan":
                value = double.NaN;
                return true;
            case "inf" or "infinity":
                value = isNegative ? double.NegativeInfinity : double.PositiveInfinity;
                return true;
        }
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return digits.Any(char.IsAsciiDigit) && digits.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E')
            && double.TryParse(digits, Style, CultureInfo.InvariantCulture, out value);
    }

    // Blanks off the ends, digits of all scripts to ASCII, single underscores between digits away; null where underscores stand elsewhere.
    private static string? Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in PythonString.Strip(text).EnumerateRunes())
        {
            var isDigit = Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber;
            clean.Append(isDigit ? ((int)Rune.GetNumericValue(rune)).ToString(CultureInfo.InvariantCulture) : rune.ToString());
        }
        for (var i = clean.Length - 1; i >= 0; i--)
        {
            if (clean[i] != '_') continue;
            if (i == 0 || i == clean.Length - 1 || !char.IsAsciiDigit(clean[i - 1]) || !char.IsAsciiDigit(clean[i + 1])) return null;
            clean.Remove(i, 1);
        }
        return clean.ToString();
    }
}

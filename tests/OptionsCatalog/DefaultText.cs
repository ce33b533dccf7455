using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Farm.OptionsCatalog;

/// <summary>How a default is written, and whether its doc says the same.</summary>
internal static partial class DefaultText
{
    private const long Mebi = 1 << 20, Gibi = 1 << 30;

    /// <summary>Seconds or bytes of the units that docs name.</summary>
    private static readonly Dictionary<string, double> Units = new(StringComparer.Ordinal)
    {
        [""] = 1, ["bytes"] = 1, ["ms"] = 0.001, ["s"] = 1, ["second"] = 1, ["min"] = 60, ["minute"] = 60, ["h"] = 3600, ["hour"] = 3600,
        ["day"] = 86400, ["KiB"] = 1024, ["MiB"] = Mebi, ["GiB"] = Gibi,
    };

    /// <summary>The cell of a table. Words of the doc count where the value is empty or hangs on the machine; where they name another value, that is told.</summary>
    public static string Write(string option, object? value, OptionText text, ICollection<string> problems)
    {
        var written = Value(value);
        if (written is null && text.Default.Length == 0)
        {
            problems.Add($"{option} has an empty default, and its doc does not say what that means.");
            return "none";
        }
        if (Disagree(value, written, text.Default))
            problems.Add($"{option} is {written} by default, and its doc says {text.Default}.");
        var cell = written is null || IsWords(value, text.Default) ? Lower(text.Default) : $"`{written}`{Size(value, text.Default)}";
        return cell + text.Rest;
    }

    /// <summary>A value as it stands in a configuration; null for none.</summary>
    internal static string? Value(object? value) => value switch
    {
        null or "" => null,
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString(time.Milliseconds == 0 ? "c" : @"hh\:mm\:ss\.FFF", CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable => null,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    // A doc that neither names an amount nor quotes the value describes it: "nine tenths of memory".
    private static bool IsWords(object? value, string words) => words.Length > 0 && value switch
    {
        string text => !words.Contains(text, StringComparison.Ordinal),
        bool or Enum => false,
        _ => Amount(words) is null,
    };

    private static bool Disagree(object? value, string? written, string words) => words.Length > 0 && value switch
    {
        bool => !words.StartsWith(written!, StringComparison.OrdinalIgnoreCase),
        Enum => !words.Contains(written!, StringComparison.Ordinal),
        string text when text.Length > 0 => words.StartsWith('`') && words.Trim('`') != text,
        TimeSpan time => Amount(words) is { } seconds && Math.Abs(seconds - time.TotalSeconds) > 1e-6,
        int or long or double => Amount(words) is { } amount && Math.Abs(amount - Convert.ToDouble(value, CultureInfo.InvariantCulture)) > 1e-6,
        _ => false,
    };

    private static double? Amount(string words)
    {
        var match = AmountForm().Match(words);
        if (!match.Success) return null;
        var number = match.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal);
        var count = number is "an" or "a" or "one" ? 1 : double.Parse(number, CultureInfo.InvariantCulture);
        var unit = match.Groups["unit"].Value;
        if (count == 0) return 0;
        return unit.Length == 0 && !char.IsDigit(number[0]) ? null : count * Units[unit];
    }

    private static string Size(object? value, string words) => words.Contains("iB", StringComparison.Ordinal) && Convert.ToInt64(value, CultureInfo.InvariantCulture) is var bytes and >= Mebi
        ? bytes % Gibi == 0 ? $" ({bytes / Gibi} GiB)" : bytes % Mebi == 0 ? $" ({bytes / Mebi} MiB)" : ""
        : "";

    private static string Lower(string words) => words.Length > 1 && char.IsLower(words[1]) ? char.ToLowerInvariant(words[0]) + words[1..] : words;

    [GeneratedRegex(@"^(?<number>\d[\d.,]*|an|a|one)( (?<unit>bytes|ms|s|min|h|second|minute|hour|day|KiB|MiB|GiB)s?)?\b", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex AmountForm();
}

using System.Globalization;
using System.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>What Python's text methods do: code points instead of UTF-16 units, full Unicode case mapping, Python's notion of blanks.</summary>
internal static class PythonString
{
    /// <summary>The most characters a node may make of a text.</summary>
    public const int MaxLength = 100_000_000;

    private const int DottedCapitalI = 0x130;
    private const int CapitalSigma = 0x3A3;

    /// <summary><c>len(text)</c>.</summary>
    public static int Length(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i])) count--;
        }
        return count;
    }

    /// <summary><c>text[start:end]</c>.</summary>
    public static string Slice(string text, long? start, long? end)
    {
        var length = Length(text);
        var (from, to) = (Clamp(start ?? 0, length), Clamp(end ?? length, length));
        if (from >= to) return "";
        return length == text.Length ? text[from..to] : text[Units(text, from)..Units(text, to)];
    }

    /// <summary><c>text.strip()</c>.</summary>
    public static string Strip(string text) => StripLeft(StripRight(text));

    /// <summary><c>text.lstrip()</c>.</summary>
    public static string StripLeft(string text)
    {
        var at = 0;
        while (at < text.Length && IsSpace(text[at])) at++;
        return text[at..];
    }

    /// <summary><c>text.rstrip()</c>.</summary>
    public static string StripRight(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1])) end--;
        return text[..end];
    }

    /// <summary><c>text.upper()</c>.</summary>
    public static string Upper(string text) => Map(text, (upper, rune, _) => AppendUpper(upper, rune));

    /// <summary><c>text.lower()</c>.</summary>
    public static string Lower(string text) => Map(text, (lower, rune, at) => AppendLower(lower, rune, text, at));

    /// <summary><c>text.capitalize()</c>.</summary>
    public static string Capitalize(string text) => Map(text, (mapped, rune, at) =>
    {
        if (at == 0) AppendTitle(mapped, rune);
        else AppendLower(mapped, rune, text, at);
    });

    /// <summary><c>text.title()</c>: what follows a letter that has a case is small.</summary>
    public static string Title(string text)
    {
        var inWord = false;
        return Map(text, (mapped, rune, at) =>
        {
            if (inWord) AppendLower(mapped, rune, text, at);
            else AppendTitle(mapped, rune);
            inWord = IsCased(rune);
        });
    }

    /// <summary><c>text.replace(find, replacement)</c>: an empty <paramref name="find"/> stands before every character and at the end.</summary>
    /// <exception cref="NodeFailedException">MemoryError when the result is longer than <see cref="MaxLength"/>.</exception>
    public static string Replace(string text, string find, string replacement)
    {
        var matches = find.Length == 0 ? Length(text) + 1L : Count(text, find);
        if (text.Length + matches * (replacement.Length - find.Length) > MaxLength)
            throw new NodeFailedException("MemoryError", $"the text would be longer than {MaxLength} characters");
        if (find.Length > 0) return text.Replace(find, replacement, StringComparison.Ordinal);
        return Map(text, (mapped, rune, _) => mapped.Append(replacement).Append(rune.ToString())) + replacement;
    }

    /// <summary>Whether Python counts a character as a blank.</summary>
    public static bool IsSpace(char unit) => char.IsWhiteSpace(unit) || unit is >= '\u001C' and <= '\u001F';

    private static long Count(string text, string find)
    {
        var count = 0L;
        for (var at = text.IndexOf(find, StringComparison.Ordinal); at >= 0; at = text.IndexOf(find, at + find.Length, StringComparison.Ordinal)) count++;
        return count;
    }

    private static int Clamp(long position, int length) => (int)Math.Clamp(position < 0 ? position + length : position, 0, length);

    private static int Units(string text, int codePoints)
    {
        var at = 0;
        for (; codePoints > 0; codePoints--) at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        return at;
    }

    private static string Map(string text, Action<StringBuilder, Rune, int> append)
    {
        var mapped = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                append(mapped, rune, at);
                at += rune.Utf16SequenceLength;
            }
            else
            {
                mapped.Append(text[at++]);
            }
        }
        return mapped.ToString();
    }

    private static void AppendUpper(StringBuilder mapped, Rune rune)
    {
        if (rune.IsBmp && SpecialCasing.Upper.TryGetValue((char)rune.Value, out var special)) mapped.Append(special);
        else mapped.Append(Rune.ToUpperInvariant(rune).ToString());
    }

    private static void AppendTitle(StringBuilder mapped, Rune rune)
    {
        if (rune.IsBmp && SpecialCasing.Title.TryGetValue((char)rune.Value, out var special)) mapped.Append(special);
        else if (rune.Value is >= 0x10D0 and <= 0x10FF) mapped.Append(rune.ToString()); // Georgian has capitals, but no title case.
        else AppendUpper(mapped, rune);
    }

    private static void AppendLower(StringBuilder mapped, Rune rune, string text, int at)
    {
        if (rune.Value == DottedCapitalI) mapped.Append("i\u0307");
        else if (rune.Value == CapitalSigma) mapped.Append(EndsWord(text, at) ? '\u03C2' : '\u03C3');
        else mapped.Append(Rune.ToLowerInvariant(rune).ToString());
    }

    // Unicode's Final_Sigma: a letter before it, none behind it, marks and the like between them left out.
    private static bool EndsWord(string text, int at) => IsCased(Neighbour(text, at, -1)) && !IsCased(Neighbour(text, at, 1));

    private static Rune Neighbour(string text, int at, int step)
    {
        for (var i = at + step; i >= 0 && i < text.Length; i += step)
        {
            if (char.IsSurrogate(text[i]) && !Rune.TryGetRuneAt(text, i, out _)) continue;
            var rune = Rune.GetRuneAt(text, i);
            if (!IsCaseIgnorable(rune)) return rune;
        }
        return default;
    }

    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA;

    private static bool IsCaseIgnorable(Rune rune) =>
        rune.Value is '\'' or '.' or ':' or 0xB7 or 0x2018 or 0x2019 || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}

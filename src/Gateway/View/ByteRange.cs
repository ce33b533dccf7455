using System.Globalization;
using System.Text.RegularExpressions;

namespace Farm.Gateway.View;

/// <summary>The part of a file that a Range header asks for. One range only; anything else cannot be satisfied, as in ComfyUI.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly partial record struct ByteRange(long Start, long Length)
{
    /// <summary>Reads a header; null where it cannot be satisfied.</summary>
    public static ByteRange? Read(string header, long size)
    {
        var match = Single().Match(header);
        if (!match.Success)
            return null;
        var first = match.Groups["first"].Value;
        var last = match.Groups["last"].Value;
        if (first.Length == 0)
            return last.Length == 0 ? null : Suffix(Parse(last), size);
        var start = Parse(first);
        var end = last.Length == 0 ? size - 1 : Math.Min(Parse(last), size - 1);
        return start >= size || end < start ? null : new ByteRange(start, end - start + 1);
    }

    private static ByteRange? Suffix(long length, long size) =>
        length == 0 || size == 0 ? null : new ByteRange(Math.Max(0, size - length), Math.Min(length, size));

    private static long Parse(string digits) => long.TryParse(digits, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;

    [GeneratedRegex("^bytes=(?<first>[0-9]*)-(?<last>[0-9]*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Single();
}

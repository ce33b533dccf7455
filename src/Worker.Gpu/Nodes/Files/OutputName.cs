using System.Globalization;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>
/// Where a <c>filename_prefix</c> leads: its folder inside the output folder and the name before the counter. Tokens
/// <c>%width% %height% %year% %month% %day% %hour% %minute% %second%</c> are filled in, in local time.
/// </summary>
/// <param name="Subfolder">Folder inside the output folder; empty for its root.</param>
/// <param name="Prefix">The name before the counter; may hold <c>%batch_num%</c>.</param>
internal sealed record OutputName(string Subfolder, string Prefix)
{
    private const string BatchNumber = "%batch_num%";

    /// <summary>Reads a prefix.</summary>
    /// <exception cref="NodeFailedException">It leads out of the output folder.</exception>
    public static OutputName Parse(string prefix, long width, long height, TimeProvider clock)
    {
        var path = Normalize(FillIn(prefix, width, height, clock.GetLocalNow()));
        if (path is null)
            throw new NodeFailedException("Exception", $"**** ERROR: Saving image outside the output folder is not allowed.\n filename_prefix: {prefix}");
        var slash = path.LastIndexOf('/');
        return slash < 0 ? new OutputName("", path) : new OutputName(path[..slash], path[(slash + 1)..]);
    }

    /// <summary>The prefix of one image of a batch.</summary>
    public string ForImage(int index) => Prefix.Replace(BatchNumber, index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string FillIn(string prefix, long width, long height, DateTimeOffset now)
    {
        if (!prefix.Contains('%', StringComparison.Ordinal)) return prefix;
        (string Token, string Text)[] tokens =
        [
            ("%width%", Number(width, 1)), ("%height%", Number(height, 1)),
            ("%year%", Number(now.Year, 1)), ("%month%", Number(now.Month, 2)), ("%day%", Number(now.Day, 2)),
            ("%hour%", Number(now.Hour, 2)), ("%minute%", Number(now.Minute, 2)), ("%second%", Number(now.Second, 2)),
        ];
        return tokens.Aggregate(prefix, (text, token) => text.Replace(token.Token, token.Text, StringComparison.Ordinal));
    }

    private static string Number(long value, int digits) => value.ToString($"D{digits}", CultureInfo.InvariantCulture);

    /// <summary>The path without empty, <c>.</c> and <c>..</c> parts; null when it is rooted or leaves its root.</summary>
    private static string? Normalize(string path)
    {
        if (path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Any(char.IsControl)) return null;
        List<string> parts = [];
        foreach (var part in path.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return null;
            else parts.RemoveAt(parts.Count - 1);
        }
        return parts.Count == 0 ? "." : string.Join('/', parts);
    }
}

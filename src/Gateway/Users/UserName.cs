using System.Text.RegularExpressions;

namespace Farm.Gateway.Users;

/// <summary>The rules for users' names and ids.</summary>
internal static partial class UserName
{
    /// <summary>Ids that begin so are the server's own.</summary>
    public const string SystemPrefix = "__";

    /// <summary>Longest name in characters.</summary>
    public const int Longest = 128;

    private const int LongestId = 256;

    /// <summary>Makes an id of a name: what is not plain in it becomes a dash, and a random part keeps ids apart.</summary>
    public static string ToId(string name) => $"{NotPlain().Replace(name, "-")}_{Guid.NewGuid()}";

    /// <summary>Whether a text can be an id: such a text is a safe name of a folder.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= LongestId && !text.StartsWith(SystemPrefix, StringComparison.Ordinal) && !NotPlain().IsMatch(text);

    [GeneratedRegex("[^a-zA-Z0-9_-]+", RegexOptions.NonBacktracking)]
    private static partial Regex NotPlain();
}

using System.Text;

namespace Farm.Storage;

/// <summary>The rules for names from outside.</summary>
internal static class SafePath
{
    private const int LongestPath = 4096;

    /// <summary>Bytes of a name, the limit of Linux's file systems.</summary>
    private const int LongestPart = 255;

    /// <summary>Joins parts to one relative path, empty parts left out; null when the result is empty or not safe.</summary>
    public static string? Join(ReadOnlySpan<string> parts)
    {
        var joined = new List<string>();
        foreach (var part in parts)
        {
            if (part.StartsWith('/'))
                return null;
            foreach (var name in part.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (name == ".")
                    continue;
                if (!IsSafe(name))
                    return null;
                joined.Add(name);
            }
        }
        var path = string.Join('/', joined);
        return path.Length is 0 or > LongestPath ? null : path;
    }

    private static bool IsSafe(string name) =>
        name != ".." && Encoding.UTF8.GetByteCount(name) <= LongestPart && name.AsSpan().IndexOfAny('\0', '\\') < 0 && IsWellFormed(name);

    private static bool IsWellFormed(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (i + 1 >= name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                return false;
            i++;
        }
        return true;
    }
}

using System.Text.RegularExpressions;

namespace Farm.Storage;

/// <summary>The names of tenants, which become folders and parts of keys.</summary>
public static partial class TenantName
{
    /// <summary>The tenant of whoever names none. Its files lie where ComfyUI's would, so that a farm without tenants knows nothing of them.</summary>
    public const string Default = "default";

    /// <summary>Whether a name is allowed: 1 to 64 characters, a to z and 0 to 9, after the first also <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public static bool IsAllowed(string name) => Rule().IsMatch(name);

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Rule();
}

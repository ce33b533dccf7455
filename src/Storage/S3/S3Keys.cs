using System.Globalization;
using Farm.Storage.Hashing;

namespace Farm.Storage.S3;

/// <summary>
/// The keys of the bucket, below the farm's prefix. Every part that comes from a name is percent-encoded down to letters, digits and
/// <c>-._~</c>, so that no name can be taken for structure, in whatever encoding it came. A folder's own files stand behind <c>/:/</c>,
/// which no name can hold: they are listed without their subfolders by one prefix.
/// </summary>
internal static class S3Keys
{
    public const string Blobs = "blobs/", Trash = "trash/", Staging = "staging/", Claims = "claims/", Draws = "draws/", Names = "names/", Changes = "changes/", Tenants = "tenants/";

    /// <summary>Bytes of a prefix.</summary>
    public const int LongestPrefix = 200;

    /// <summary>Bytes of a key that servers take.</summary>
    private const int LongestKey = 1024;

    /// <summary>The most that stands before a name in any kind of key: <c>refs/</c>, a hash, an id.</summary>
    private const int LongestHead = 120;

    private const string Own = ":";

    /// <summary>A content by its hash.</summary>
    public static string Blob(ContentHash hash) => Blobs + hash.Hex;

    /// <summary>A content that had no name when it was looked at last.</summary>
    public static string Trashed(ContentHash hash) => Trash + hash.Hex;

    /// <summary>A name's record.</summary>
    public static string Name(FileKey key) => Names + Tail(key);

    /// <summary>What the names in a folder begin with; empty for an area's own.</summary>
    public static string NamesIn(FileArea area, string folder, bool recursive) => Names + Folder(area, folder) + (recursive ? "/" : $"/{Own}/");

    /// <summary>Which write gave a content to a name.</summary>
    public static string Reference(ContentHash hash, Guid id, FileKey key) => string.Create(CultureInfo.InvariantCulture, $"{References(hash)}{id:N}/{Tail(key)}");

    /// <summary>What the references to a content begin with.</summary>
    public static string References(ContentHash hash) => $"refs/{hash.Hex}/";

    /// <summary>That an attempt is about to take a name.</summary>
    public static string Journal(RunAttempt attempt, Guid id, FileKey key) => string.Create(CultureInfo.InvariantCulture, $"{Journals(attempt)}{id:N}/{Tail(key)}");

    /// <summary>What an attempt's journal begins with.</summary>
    public static string Journals(RunAttempt attempt) => string.Create(CultureInfo.InvariantCulture, $"{Journals(attempt.RunId)}{attempt.Attempt}/");

    /// <summary>What the journals of a run begin with.</summary>
    public static string Journals(Guid runId) => string.Create(CultureInfo.InvariantCulture, $"runs/{runId:N}/");

    /// <summary>That a file of a series carries a number. The highest comes first.</summary>
    public static string Number(FileArea area, string folder, string prefix, long number, string rest) =>
        string.Create(CultureInfo.InvariantCulture, $"{Numbers(area, folder, prefix)}{long.MaxValue - number:D19}/{Uri.EscapeDataString(rest)}");

    /// <summary>What the numbers of a series begin with.</summary>
    public static string Numbers(FileArea area, string folder, string prefix) => "numbers/" + Series(area, folder, prefix);

    /// <summary>What the files of a series that carry a number begin with.</summary>
    public static string Numbered(FileSeries series, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Numbers(series.Area, series.Folder, series.Prefix)}{long.MaxValue - number:D19}/");

    /// <summary>That a writer is about to give a number to a name.</summary>
    public static string Draw(FileSeries series, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Draws}{Series(series.Area, series.Folder, series.Prefix)}{number}/-");

    /// <summary>The number in a key that <see cref="Number"/> made.</summary>
    public static long NumberOf(string key, string numbers) => long.MaxValue - long.Parse(key.AsSpan(numbers.Length, 19), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The id and the name at the end of a reference or journal entry; null when the key is none of ours.</summary>
    public static (Guid Id, FileKey Key)? Entry(string key, string start) =>
        key.Length > start.Length + 33 && Guid.TryParseExact(key.AsSpan(start.Length, 32), "N", out var id) && NameOf(key[(start.Length + 33)..]) is { } name ? (id, name) : null;

    /// <summary>The file that a key's end names; null when it is none of ours.</summary>
    public static FileKey? NameOf(string tail)
    {
        var end = tail.IndexOf('/');
        var own = tail.LastIndexOf($"/{Own}/", StringComparison.Ordinal);
        if (end < 0 || own < end || !Enum.TryParse<FileArea>(tail[..end], ignoreCase: true, out var area))
            return null;
        var folder = own == end ? "" : Uri.UnescapeDataString(tail[(end + 1)..own]);
        return FileKey.TryCreate(area, out var key, folder, Uri.UnescapeDataString(tail[(own + 3)..])) ? key : null;
    }

    /// <summary>Refuses a name that no key can hold.</summary>
    public static void Check(FileKey key, string prefix)
    {
        if (prefix.Length + LongestHead + Tail(key).Length > LongestKey)
            throw new UnsafeFileNameException(key.Path, $"is too long for S3 storage, whose keys have {LongestKey} bytes with every other character written as three");
    }

    private static string Series(FileArea area, string folder, string prefix) => $"{Folder(area, folder)}/{Own}/{Uri.EscapeDataString(prefix)}/{Own}/";

    private static string Tail(FileKey key) => $"{Folder(key.Area, key.Folder)}/{Own}/{Uri.EscapeDataString(key.Name)}";

    private static string Folder(FileArea area, string folder)
    {
        var root = area.ToString().ToLowerInvariant();
        return folder.Length == 0 ? root : $"{root}/{string.Join('/', folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.EscapeDataString))}";
    }
}

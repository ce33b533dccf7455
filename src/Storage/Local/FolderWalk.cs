using System.IO.Enumeration;

namespace Farm.Storage.Local;

/// <summary>Walks folders of an area while others write and delete in them.</summary>
internal static class FolderWalk
{
    private static readonly EnumerationOptions Tolerant = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false };

    /// <summary>A file or folder: its path inside the area, its size and when it was written.</summary>
    public readonly record struct Found(string Path, string Name, bool IsFolder, bool IsLink, long Size, DateTimeOffset ModifiedAt);

    /// <summary>The files below a folder in no certain order; <paramref name="entered"/> hears of each folder before it is read, by its real path.</summary>
    public static IEnumerable<Found> Files(LinkGuard guard, FileArea area, string folder, bool recursive, Action<string>? entered = null) =>
        from step in Walk(guard, area, folder, recursive, entered)
        from found in step.Entries
        where !found.IsFolder && (!found.IsLink || IsFile(guard, area, found.Path))
        select found;

    /// <summary>The paths of all folders of an area in no certain order; <paramref name="entered"/> hears of each, and of the area's own, by its real path.</summary>
    public static IEnumerable<string> Folders(LinkGuard guard, FileArea area, Action<string> entered) =>
        Walk(guard, area, "", recursive: true, entered).Select(step => step.Folder).Where(folder => folder.Length > 0);

    private static IEnumerable<(string Folder, List<Found> Entries)> Walk(LinkGuard guard, FileArea area, string folder, bool recursive, Action<string>? entered)
    {
        var waiting = new Stack<string>([folder]);
        while (waiting.TryPop(out var next))
        {
            if (guard.Resolve(area, next) is not { } real)
                continue;
            entered?.Invoke(real);
            var entries = Entries(real, next);
            yield return (next, entries);
            if (!recursive)
                continue;
            foreach (var found in entries.Where(found => found.IsFolder && !(found.IsLink && IsCircle(guard, area, found.Path, real))))
                waiting.Push(found.Path);
        }
    }

    private static bool IsFile(LinkGuard guard, FileArea area, string path) => guard.Resolve(area, path) is { } real && File.Exists(real);

    private static bool IsCircle(LinkGuard guard, FileArea area, string path, string within) =>
        guard.Resolve(area, path) is not { } target || DataFolders.IsInside(within, target);

    private static List<Found> Entries(string real, string folder)
    {
        try
        {
            return [.. new FileSystemEnumerable<Found>(real, (ref FileSystemEntry entry) => Describe(ref entry, folder), Tolerant)
            {
                ShouldIncludePredicate = static (ref FileSystemEntry entry) => !Staging.IsStaging(entry.FileName),
            }];
        }
        catch (IOException)
        {
            // The folder vanished, or is a file: there is nothing in it.
            return [];
        }
    }

    private static Found Describe(ref FileSystemEntry entry, string folder)
    {
        var name = entry.FileName.ToString();
        var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != FileAttributes.None;
        return new Found(folder.Length == 0 ? name : $"{folder}/{name}", name, entry.IsDirectory, isLink, entry.Length, entry.LastWriteTimeUtc);
    }
}

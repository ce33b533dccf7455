using System.IO.Enumeration;

namespace Farm.Storage.Local;

/// <summary>Walks folders of an area while others write and delete in them.</summary>
internal static class FolderWalk
{
    private static readonly EnumerationOptions Tolerant = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false };

    /// <summary>A file or folder: its path inside the area, its size and when it was written.</summary>
    public readonly record struct Found(string Path, string Name, bool IsFolder, bool IsLink, long Size, DateTimeOffset ModifiedAt);

    /// <summary>The files below a folder in no certain order; <paramref name="entered"/> hears of each folder before it is read, by its real path.</summary>
    public static IEnumerable<Found> Files(LinkGuard guard, FileArea area, string folder, bool recursive, Action<string>? entered = null)
    {
        var waiting = new Stack<string>([folder]);
        while (waiting.TryPop(out var next))
        {
            if (guard.Resolve(area, next) is not { } real)
                continue;
            entered?.Invoke(real);
            foreach (var found in Entries(real, next))
            {
                if (!found.IsFolder)
                {
                    if (!found.IsLink || IsFile(guard, area, found.Path))
                        yield return found;
                }
                else if (recursive && !(found.IsLink && IsCircle(guard, area, found.Path, real)))
                {
                    waiting.Push(found.Path);
                }
            }
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

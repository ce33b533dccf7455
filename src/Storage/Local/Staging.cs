namespace Farm.Storage.Local;

/// <summary>
/// Files on their way: filled under a name of their own on the file system of their folder, on disk before they appear there.
/// They are kept out of the folder itself, so that its time stamp changes only when a file comes or goes.
/// </summary>
internal sealed class Staging(DataFolders folders)
{
    private const string FolderName = ".partial";

    /// <summary>Whether a directory entry is where files are staged.</summary>
    public static bool IsStaging(ReadOnlySpan<char> name) => name.SequenceEqual(FolderName);

    /// <summary>Fills a new file that will go to a folder of an area; the caller publishes and removes it.</summary>
    /// <returns>The staged file's path.</returns>
    public async Task<string> FillAsync(FileArea area, string folder, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(FolderFor(area, folder), name);
        try
        {
            await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            await write(stream, cancel);
            await stream.FlushAsync(cancel);
            if (area != FileArea.Temp)
                stream.Flush(flushToDisk: true);
            return path;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Lets a staged file appear under its name, in one step; false when the name is taken and must stay.</summary>
    public static bool Publish(string staged, string path, bool overwrite)
    {
        if (overwrite)
        {
            File.Move(staged, path, overwrite: true);
            return true;
        }
        switch (Posix.Link(staged, path))
        {
            case Posix.LinkOutcome.Linked:
                File.Delete(staged);
                return true;
            case Posix.LinkOutcome.Taken:
                return false;
            default:
                return PublishWithoutLinks(staged, path);
        }
    }

    /// <summary>Removes what a run's attempts left half written.</summary>
    public void Clear(string namePattern)
    {
        foreach (var area in (FileArea[])[FileArea.Output, FileArea.Temp])
        {
            var folder = Path.Combine(folders.Of(area), FolderName);
            if (Directory.Exists(folder))
                foreach (var path in Directory.EnumerateFiles(folder, namePattern))
                    File.Delete(path);
        }
    }

    /// <summary>Removes staged files of every area that were last written before a moment: their writers died.</summary>
    public void ClearOlderThan(DateTimeOffset moment)
    {
        foreach (var area in Enum.GetValues<FileArea>())
        {
            var folder = Path.Combine(folders.Of(area), FolderName);
            if (Directory.Exists(folder))
                foreach (var path in Directory.EnumerateFiles(folder).Where(path => File.GetLastWriteTimeUtc(path) < moment.UtcDateTime))
                    File.Delete(path);
        }
    }

    /// <summary>On a file system without hard links the name is taken first, empty, then replaced.</summary>
    private static bool PublishWithoutLinks(string staged, string path)
    {
        try
        {
            using var claim = new FileStream(path, FileMode.CreateNew);
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        File.Move(staged, path, overwrite: true);
        return true;
    }

    private string FolderFor(FileArea area, string folder)
    {
        var staging = Directory.CreateDirectory(Path.Combine(folders.Of(area), FolderName)).FullName;
        return Posix.SameMount(staging, folder) ? staging : Directory.CreateDirectory(Path.Combine(folder, FolderName)).FullName;
    }
}

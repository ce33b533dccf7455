using System.Globalization;
using Farm.Storage.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Farm.Storage.Local;

/// <summary>A small text file a hash: one line a file that holds the content, with the size and time it had.</summary>
internal sealed class LocalContentIndex(DataFolders folders, IFileStore files) : IContentIndex
{
    private readonly string _root = Path.Combine(folders.Private, "blake3");

    public ValueTask AddAsync(ContentHash hash, FileEntry file, CancellationToken cancel = default) => new(Task.Run(() => Add(hash, file), cancel));

    public async ValueTask<FileEntry?> FindAsync(ContentHash hash, CancellationToken cancel = default)
    {
        var path = PathOf(hash);
        if (!File.Exists(path))
            return null;
        foreach (var line in await Task.Run(() => Read(path), cancel))
        {
            var parts = line.Split(' ', 4);
            if (parts.Length < 4 || !Enum.TryParse<FileArea>(parts[2], out var area) || !FileKey.TryCreate(area, out var key, Uri.UnescapeDataString(parts[3])))
                continue;
            if (await files.FindAsync(key, cancel) is { } file && Line(file) == line)
                return file;
        }
        return null;
    }

    private static string[] Read(string path)
    {
        using var open = Posix.OpenLocked(path);
        return Lines(open);
    }

    private static string[] Lines(SafeFileHandle open) => Posix.ReadText(open).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Add(ContentHash hash, FileEntry file)
    {
        var path = PathOf(hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var open = Posix.OpenLocked(path);
        var noted = Lines(open);
        var line = Line(file);
        if (!noted.Contains(line, StringComparer.Ordinal))
            Posix.WriteText(open, string.Concat(noted.Append(line).Select(each => each + "\n")));
    }

    private static string Line(FileEntry file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.Size} {file.ModifiedAt.UtcTicks} {file.Key.Area} {Uri.EscapeDataString(file.Key.Path)}");

    private string PathOf(ContentHash hash) => Path.Combine(_root, hash.Hex[..2], hash.Hex[2..]);
}

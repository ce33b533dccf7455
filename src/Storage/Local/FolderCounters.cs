using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Farm.Storage.Local;

/// <summary>
/// The counters of numbered files of one folder, held under a lock that all writers of all processes take. A small file
/// keeps the last number of each series with the folder's time stamp, so that a folder is only read again after someone else changed it.
/// </summary>
internal sealed class FolderCounters : IDisposable
{
    /// <summary>Series remembered a folder; one that was forgotten costs a reading of the folder.</summary>
    private const int SeriesKept = 64;

    private readonly SafeFileHandle _file;
    private readonly string _folder;
    private readonly List<(string Prefix, long Last)> _series = [];

    private FolderCounters(SafeFileHandle file, string folder)
    {
        _file = file;
        _folder = folder;
        Load();
    }

    /// <summary>Takes the lock of a folder, waiting for whoever has it.</summary>
    /// <param name="notes">Where counter files are kept.</param>
    /// <param name="folder">The folder's real path.</param>
    public static FolderCounters Open(string notes, string folder)
    {
        Directory.CreateDirectory(notes);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..32];
        return new FolderCounters(Posix.OpenLocked(Path.Combine(notes, name)), folder);
    }

    /// <summary>One above the highest number that a file of the series carries.</summary>
    public long Next(string prefix)
    {
        var known = _series.FindIndex(series => series.Prefix == prefix);
        if (known < 0)
        {
            known = _series.Count;
            _series.Add((prefix, Scan(prefix)));
        }
        return _series[known].Last + 1;
    }

    /// <summary>Notes the number that was drawn, whether a file got it or it turned out to be taken.</summary>
    public void Drawn(string prefix, long number)
    {
        _series.RemoveAll(series => series.Prefix == prefix);
        _series.Insert(0, (prefix, number));
    }

    /// <summary>Forgets all numbers: files were removed.</summary>
    public void Reset() => _series.Clear();

    /// <summary>Keeps what is known for the next holder and gives the lock back.</summary>
    public void Dispose()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Stamp()}\n");
        foreach (var (prefix, last) in _series.Take(SeriesKept))
            text.Append(CultureInfo.InvariantCulture, $"{last} {prefix}\n");
        Posix.WriteText(_file, text.ToString());
        _file.Dispose();
    }

    private void Load()
    {
        var lines = Posix.ReadText(_file).Split('\n');
        if (lines[0] != Stamp().ToString(CultureInfo.InvariantCulture))
            return;
        // The last line ends with a line feed; a writer that died in the middle leaves one without.
        foreach (var line in lines.AsSpan(1, Math.Max(0, lines.Length - 2)))
            if (line.IndexOf(' ') is var space and > 0 && long.TryParse(line.AsSpan(0, space), CultureInfo.InvariantCulture, out var last))
                _series.Add((line[(space + 1)..], last));
    }

    private long Stamp() => Directory.GetLastWriteTimeUtc(_folder).Ticks;

    private long Scan(string prefix)
    {
        long last = 0;
        foreach (var path in Directory.EnumerateFileSystemEntries(_folder))
            last = Math.Max(last, Number(Path.GetFileName(path.AsSpan()), prefix));
        return last;
    }

    /// <summary>The number in <c>prefix_00012_rest</c>; 0 when the name is not of the series.</summary>
    private static long Number(ReadOnlySpan<char> name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length <= prefix.Length || name[prefix.Length] != '_')
            return 0;
        var rest = name[(prefix.Length + 1)..];
        var end = rest.IndexOf('_');
        return end > 0 && long.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}

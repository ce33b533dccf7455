using System.Security.Cryptography;
using Farm.EndToEnd.Harness;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>What lies around a data root and must neither change nor be told: files planted beside it, in it, and in its working folder.</summary>
internal sealed class Surroundings
{
    /// <summary>What the planted files hold; no answer may.</summary>
    public const string Secret = "the canary sings only outside";

    private readonly string _folder;
    private readonly string[] _roots;
    private readonly SortedDictionary<string, string> _before;

    /// <summary>Plants the files.</summary>
    public Surroundings(DataRoot root)
    {
        _folder = Path.GetDirectoryName(root.Path)!;
        Staging = Path.Combine(_folder, "staging");
        // What requests may write to: the areas, the farm's notes and its database.
        _roots = [.. ((string[])["input", "output", "temp", "user", "models", "custom_nodes", ".farm", "farm.db"]).Select(name => Path.Combine(root.Path, name))];
        foreach (var folder in (ReadOnlySpan<string>)[_folder, Path.Combine(_folder, "canary"), root.Path, root.WorkingFolder, Staging])
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "canary.txt"), Secret);
        }
        _before = Read();
    }

    /// <summary>Where uploads wait; empty but for its canary when none is under way.</summary>
    public string Staging { get; }

    /// <summary>Paths that came, went or changed; empty when all is as it was.</summary>
    public IReadOnlyList<string> Changes()
    {
        var now = Read();
        var changed = _before.Keys.Union(now.Keys, StringComparer.Ordinal).Where(path => _before.GetValueOrDefault(path) != now.GetValueOrDefault(path));
        var far = ((string[])["/", Path.GetTempPath(), "/etc"]).SelectMany(Directory.EnumerateFileSystemEntries).Where(path => path.Contains(BadTexts.Mark, StringComparison.Ordinal));
        return [.. changed, .. far];
    }

    private SortedDictionary<string, string> Read()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Where(path => !_roots.Any(root => path.StartsWith(root, StringComparison.Ordinal))))
            found[path] = Directory.Exists(path) ? "folder" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        return found;
    }
}

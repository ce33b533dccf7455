namespace Farm.Storage;

/// <summary>The roots under which the farm keeps files.</summary>
public enum FileArea
{
    /// <summary>What users upload.</summary>
    Input,

    /// <summary>What prompts produce.</summary>
    Output,

    /// <summary>Previews and other files that may go at any time.</summary>
    Temp,

    /// <summary>Users' data: workflows, settings.</summary>
    User,

    /// <summary>Models, in folders by kind.</summary>
    Models,

    /// <summary>Node packs.</summary>
    CustomNodes,
}

/// <summary>
/// A file by name: an area and a safe path inside it, parts joined by <c>/</c>. The only way to make one is through
/// <see cref="Create"/> or <see cref="TryCreate"/>, so no name from outside escapes its root.
/// </summary>
public readonly record struct FileKey
{
    private FileKey(FileArea area, string path) => (Area, Path) = (area, path);

    /// <summary>The root.</summary>
    public FileArea Area { get; }

    /// <summary>The path inside the root: never empty, never rooted, no <c>.</c> or <c>..</c> part, no NUL, no backslash.</summary>
    public string Path { get; }

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The path without its last part; empty at the root.</summary>
    public string Folder => Path.LastIndexOf('/') is var slash and >= 0 ? Path[..slash] : "";

    /// <summary>Makes a key, or throws <see cref="UnsafeFileNameException"/> that says which rule the name breaks.</summary>
    public static FileKey Create(FileArea area, params ReadOnlySpan<string> parts) =>
        SafePath.Join(parts) is { } safe ? new FileKey(area, safe) : throw new UnsafeFileNameException(string.Join('/', parts!));

    /// <summary>Makes a key from parts, each of which may hold slashes itself; false when the result would not be safe.</summary>
    public static bool TryCreate(FileArea area, out FileKey key, params ReadOnlySpan<string> parts)
    {
        var safe = SafePath.Join(parts);
        key = safe is null ? default : new FileKey(area, safe);
        return safe is not null;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Area}:{Path}";
}

/// <summary>A file name from outside that would leave its root or that no file system takes.</summary>
/// <param name="name">The name as given.</param>
/// <param name="rule">The rule that it breaks.</param>
public sealed class UnsafeFileNameException(string name, string rule = "is not a safe file name") : Exception($"'{name}' {rule}.");

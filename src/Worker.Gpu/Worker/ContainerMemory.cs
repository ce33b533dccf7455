using System.Globalization;

namespace Farm.Worker;

/// <summary>What the kernel lets this process's container have, by control groups of version 2, else of version 1. Without any, all there is.</summary>
/// <param name="root">Where control groups are mounted.</param>
internal sealed class ContainerMemory(string root)
{
    /// <summary>Where Linux mounts them.</summary>
    public const string Mounted = "/sys/fs/cgroup";

    /// <summary>Bytes that it may take; <see cref="long.MaxValue"/> without a limit.</summary>
    public long Limit => Number("memory.max") ?? Number("memory/memory.limit_in_bytes") ?? long.MaxValue;

    /// <summary>Bytes of the limit that can still be asked for. Pages of files count against a limit, but go when memory is short.</summary>
    public long Left => Limit is var limit && limit < long.MaxValue ? Math.Max(0, limit - Used + FilePages) : long.MaxValue;

    private long Used => Number("memory.current") ?? Number("memory/memory.usage_in_bytes") ?? 0;

    private long FilePages => Stat("memory.stat", "active_file ", "inactive_file ") ?? Stat("memory/memory.stat", "total_active_file ", "total_inactive_file ") ?? 0;

    // "max" stands for no limit.
    private long? Number(string file) => Path.Combine(root, file) is var path && File.Exists(path)
        ? long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var bytes) ? bytes : long.MaxValue
        : null;

    private long? Stat(string file, params string[] names) => Path.Combine(root, file) is var path && File.Exists(path)
        ? File.ReadLines(path)
            .Select(line => (Line: line, Name: Array.Find(names, name => line.StartsWith(name, StringComparison.Ordinal))))
            .Sum(found => found.Name is null ? 0 : long.Parse(found.Line.AsSpan(found.Name.Length), CultureInfo.InvariantCulture))
        : null;
}

using System.Collections.Concurrent;
using Farm.Engine.Generated;

namespace Farm.Worker.Gpu.Tests.Fixtures;

/// <summary>Generated checkpoints, made once and kept between runs in the temp folder (FARM_TEST_CHECKPOINTS names another).</summary>
internal static class Checkpoints
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("FARM_TEST_CHECKPOINTS") ?? Path.Combine(Path.GetTempPath(), "farm-generated-checkpoints");
    private static readonly ConcurrentDictionary<string, Lazy<string>> Paths = new(StringComparer.Ordinal);

    /// <summary>One of the checkpoints that the engine knows by name.</summary>
    public static string PathOf(string name) => Paths.GetOrAdd(name, _ => new Lazy<string>(() =>
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, name + ".safetensors");
        if (!File.Exists(path)) GeneratedCheckpoints.Write(name, path);
        return path;
    })).Value;
}

using System.Collections.Concurrent;
using Farm.Engine.Generated;

namespace Farm.Engine.Tests.Generated;

/// <summary>Generated checkpoints, made once and kept between runs in the temp folder (FARM_TEST_CHECKPOINTS names another). Writing is atomic, so two runs may race.</summary>
internal static class GeneratedFiles
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("FARM_TEST_CHECKPOINTS") ?? Path.Combine(Path.GetTempPath(), "farm-generated-checkpoints");
    private static readonly ConcurrentDictionary<string, Lazy<string>> Paths = new(StringComparer.Ordinal);

    public static string Path15Tiny => PathOf("sd15-tiny");

    public static string PathOf(string name) => Paths.GetOrAdd(name, key => new Lazy<string>(() =>
    {
        var path = Path.Combine(Folder, key + ".safetensors");
        if (!File.Exists(path)) GeneratedCheckpoints.Write(key, path);
        return path;
    })).Value;
}

using Farm.Engine.Generated;

namespace Farm.EndToEnd.Harness;

/// <summary>A models folder that all farms of the tests share: generated checkpoints, made once, and a file that is none.</summary>
public static class TestModels
{
    public const string Corrupted = "corrupted.safetensors";
    private static readonly Lazy<string> Made = new(Make);

    /// <summary>The folder, for <c>Farm:Data:Models</c>.</summary>
    public static string Folder => Made.Value;

    private static string Make()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "test-models");
        Write("sd15-tiny", Path.Combine(folder, "checkpoints"));
        Write("vae-sd15", Path.Combine(folder, "vae"));
        var whole = new byte[4096];
        using (var checkpoint = File.OpenRead(Path.Combine(folder, "checkpoints", "sd15-tiny.safetensors")))
            checkpoint.ReadExactly(whole);
        File.WriteAllBytes(Path.Combine(folder, "checkpoints", Corrupted), whole);
        return folder;
    }

    private static void Write(string name, string folder)
    {
        var path = Path.Combine(folder, name + ".safetensors");
        if (!File.Exists(path))
            GeneratedCheckpoints.Write(name, path);
    }
}

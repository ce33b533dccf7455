using System.Collections.Concurrent;
using Farm.Engine.Generated;

namespace Farm.Engine.Tests.Generated;

/// <summary>Generated checkpoints, made once and kept between runs in the temp folder (FARM_TEST_CHECKPOINTS names another). Writing is atomic, so two runs may race.</summary>
internal static class GeneratedFiles
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("FARM_TEST_CHECKPOINTS") ?? Path.Combine(Path.GetTempPath(), "farm-generated-checkpoints");
    private static readonly ConcurrentDictionary<string, Lazy<string>> Paths = new(StringComparer.Ordinal);

    /// <summary>A UNet of SDXL's layout, three levels of 320 channels with 0, 1 and 2 transformer blocks, under its checkpoint prefix.</summary>
    public static string SdxlUNet => Make("unet-sdxl-tiny", path => GeneratedCheckpoints.WriteTensors([.. TinySdxl.Tensors("model.diffusion_model.")], path));

    private static GeneratedUNet TinySdxl => new([1, 1, 1], Blocks: 2, Depth: [0, 1, 2], MiddleDepth: 2, Context: 2048, Vector: 2816, LinearProjection: true);

    /// <summary>One of the checkpoints that the engine knows by name.</summary>
    public static string PathOf(string name) => Make(name, path => GeneratedCheckpoints.Write(name, path));

    private static string Make(string name, Action<string> write) => Paths.GetOrAdd(name, _ => new Lazy<string>(() =>
    {
        var path = Path.Combine(Folder, name + ".safetensors");
        if (!File.Exists(path)) write(path);
        return path;
    })).Value;
}

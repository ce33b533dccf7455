using System.Runtime.InteropServices;
using Farm.Engine.Generated;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>Files of real size that hold a header and, beyond a few small tensors, nothing: what recognition reads. The rest is a hole in the file, which takes no room.</summary>
internal static class SparseCheckpoint
{
    public const string UNet = "model.diffusion_model.";

    /// <summary>Stability AI's published shapes.</summary>
    public static GeneratedUNet Sdxl => new([1, 2, 4], Blocks: 2, Depth: [0, 2, 10], MiddleDepth: 10, Context: 2048, Vector: 2816, LinearProjection: true);

    public static GeneratedUNet Refiner => new([1, 2, 4, 4], Blocks: 2, Depth: [0, 4, 4, 0], MiddleDepth: 4, Context: 1280, Vector: 2560, LinearProjection: true, Base: 384);

    public static GeneratedUNet UnClip(int vector) => new([1, 2, 4, 4], Blocks: 2, Depth: [1, 1, 1, 0], MiddleDepth: 1, Context: 1024, Vector: vector, LinearProjection: true);

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tensors">Names and shapes, in fp16.</param>
    /// <param name="values">Small tensors in fp32 that have values, by name.</param>
    public static void Write(string path, IEnumerable<GeneratedTensor> tensors, IReadOnlyDictionary<string, float[]> values)
    {
        var list = tensors.Where(tensor => !values.ContainsKey(tensor.Name)).Select(tensor => new TensorInfo(tensor.Name, ScalarType.Float16, tensor.Shape));
        var (header, entries) = SafetensorsHeader.Build([.. list, .. values.Select(item => new TensorInfo(item.Key, ScalarType.Float32, [item.Value.Length]))]);
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.SetLength(file, header.Length + entries[^1].End);
        RandomAccess.Write(file, header, 0);
        foreach (var entry in entries.Where(entry => values.ContainsKey(entry.Info.Name)))
            RandomAccess.Write(file, MemoryMarshal.AsBytes<float>(values[entry.Info.Name]), header.Length + entry.Begin);
    }

    /// <summary>Without the middle and with that many transformer blocks at most in each attention, as smaller networks are distilled from SDXL.</summary>
    public static IEnumerable<GeneratedTensor> Distilled(IEnumerable<GeneratedTensor> tensors, int depth, bool hasMiddle) => tensors.Where(tensor =>
    {
        var parts = tensor.Name.Split('.');
        var at = Array.IndexOf(parts, "transformer_blocks");
        if (at >= 0 && int.Parse(parts[at + 1], System.Globalization.CultureInfo.InvariantCulture) >= depth) return false;
        return hasMiddle || !tensor.Name.StartsWith(UNet + "middle_block.", StringComparison.Ordinal);
    });
}

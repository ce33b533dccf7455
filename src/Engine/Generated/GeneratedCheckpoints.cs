using System.Buffers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Generated;

/// <summary>
/// Checkpoints made by code, for demos and tests without a download. Their weights are a random function of tensor names, so they draw noise;
/// their bytes are the same on every machine (the data section's SHA-256 is what the tests compare).
/// </summary>
public static class GeneratedCheckpoints
{
    /// <summary>Elements that one task computes and writes at a time.</summary>
    private const int ChunkElements = 1 << 20;

    private static readonly Dictionary<string, Func<IEnumerable<GeneratedTensor>>> Known = new(StringComparer.Ordinal)
    {
        ["sd15-tiny"] = () => StableDiffusion1(new GeneratedUNet([1, 2], Blocks: 1, Depth: [1, 1], MiddleDepth: 1, Context: 768)),
        ["sd15-full"] = () => StableDiffusion1(new GeneratedUNet([1, 2, 4, 4], Blocks: 2, Depth: [1, 1, 1, 0], MiddleDepth: 1, Context: 768)),
        ["sdxl-unet"] = () => new GeneratedUNet([1, 2, 4], Blocks: 2, Depth: [0, 2, 10], MiddleDepth: 10, Context: 2048, Vector: 2816, LinearProjection: true).Tensors("model.diffusion_model."),
        ["vae-sd15"] = () => GeneratedVae.Tensors(prefix: ""),
    };

    /// <summary>The names that <see cref="Write"/> knows: sd15-tiny (628 MB: two levels, one block each), sd15-full (2.1 GB: the real size), sdxl-unet (5.1 GB: SDXL's denoising network at its real size), vae-sd15 (167 MB).</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>
    /// Writes the checkpoint in float16 on all cores. The file appears under its name only when it is whole.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="path">The .safetensors file; an existing one is replaced.</param>
    /// <param name="progress">Told the part done, 0 to 1, from the threads that write.</param>
    /// <param name="cancellationToken">Stops the work and removes what was written.</param>
    public static void Write(string name, string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!Known.TryGetValue(name, out var list)) throw new ArgumentException($"no generated checkpoint is named '{name}'; known are {string.Join(", ", Names)}", nameof(name));
        WriteTensors([.. list()], path, progress, cancellationToken);
    }

    /// <summary>Writes any list of tensors in the same way.</summary>
    internal static void WriteTensors(GeneratedTensor[] tensors, string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var (header, entries) = SafetensorsHeader.Build(tensors.Select(tensor =>
            new TensorInfo(tensor.Name, tensor.Counting ? ScalarType.Int64 : ScalarType.Float16, tensor.Shape)));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            WriteFile(partial, header, tensors, entries, progress, cancellationToken);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static IEnumerable<GeneratedTensor> StableDiffusion1(GeneratedUNet unet) =>
    [
        .. unet.Tensors("model.diffusion_model."),
        .. GeneratedVae.Tensors("first_stage_model."),
        .. GeneratedClip.Tensors("cond_stage_model.transformer.text_model."),
    ];

    private static void WriteFile(
        string path, byte[] header, GeneratedTensor[] tensors, IReadOnlyList<SafetensorsEntry> entries, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var total = entries[^1].End;
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, header.Length + total);
        RandomAccess.Write(file, header, 0);
        long written = 0;
        Parallel.ForEach(Chunks(entries), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, chunk =>
        {
            var entry = entries[chunk.Tensor];
            var size = SafetensorsHeader.SizeOf(entry.Info.Type);
            var bytes = ArrayPool<byte>.Shared.Rent(chunk.Count * size);
            try
            {
                var span = bytes.AsSpan(0, chunk.Count * size);
                GeneratedValues.Fill(tensors[chunk.Tensor], chunk.First, span);
                RandomAccess.Write(file, span, header.Length + entry.Begin + chunk.First * size);
                progress?.Report((double)Interlocked.Add(ref written, span.Length) / total);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        });
    }

    private static IEnumerable<(int Tensor, long First, int Count)> Chunks(IReadOnlyList<SafetensorsEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var count = entries[i].Info.Count;
            for (long first = 0; first < count; first += ChunkElements) yield return (i, first, (int)Math.Min(ChunkElements, count - first));
        }
    }
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Farm.Nodes;
using Farm.Worker.Execution.Caching.Shared;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// Folders of encoded training pairs: <c>shard_00001.pairs</c>, <c>shard_00002.pairs</c>, …. A shard is a row of records, each an
/// unsigned 32-bit length (little-endian) and as many bytes in <see cref="ResultFormat"/>: two lists of one element, the latent's members by
/// name (<c>samples</c>, <c>noise_mask</c>, <c>batch_index</c>, …) and its conditioning. Saving adds shards to what a folder holds.
/// </summary>
internal static class TrainingShards
{
    private const string Prefix = "shard_", Ending = ".pairs";
    private const string Samples = "samples", Mask = "noise_mask", Index = "batch_index";

    /// <summary>Writes the next shard that no other writer took.</summary>
    /// <param name="call">The node's call.</param>
    /// <param name="folder">Folder of the output folder.</param>
    /// <param name="number">The last number taken.</param>
    /// <param name="pairs">Latents with their conditionings.</param>
    public static async Task<long> WriteAsync(NodeCall call, string folder, long number, IReadOnlyList<(Latent Latent, Conditioning Conditioning)> pairs)
    {
        while (true)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{++number:D5}{Ending}");
            if (await call.Context.Files.WriteNewAsync(NodeFolder.Output, folder, name, FillAsync, call.Context.Interrupted) is not null) return number;
        }

        async Task FillAsync(Stream file, CancellationToken cancel)
        {
            foreach (var (latent, conditioning) in pairs)
            {
                var record = Record(call, latent, conditioning);
                var length = new byte[sizeof(uint)];
                BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)record.Length);
                await file.WriteAsync(length, cancel);
                await file.WriteAsync(record, cancel);
            }
        }
    }

    /// <summary>The shards among files, in order of their numbers, which have five digits or more.</summary>
    public static IReadOnlyList<(string Name, long Number)> Among(IEnumerable<FolderFile> files) =>
        [.. files.Select(file => (file.Name, Number: Number(file.Name))).Where(shard => shard.Number > 0).OrderBy(shard => shard.Number)];

    /// <summary>Reads a shard's pairs.</summary>
    /// <exception cref="NodeFailedException">It is damaged.</exception>
    public static IEnumerable<(Latent Latent, Conditioning Conditioning)> Read(NodeCall call, string path)
    {
        using var file = call.Context.Files.OpenRead(path, NodeFolder.Output);
        var length = new byte[sizeof(uint)];
        while (file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) is var read and > 0)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(length);
            if (read < length.Length || size > Math.Min(file.Length - file.Position, Array.MaxLength)) throw Damaged(path, "it ends in the middle of a record");
            var record = new byte[size];
            file.ReadExactly(record);
            yield return Pair(call, path, record);
        }
    }

    private static (Latent Latent, Conditioning Conditioning) Pair(NodeCall call, string path, byte[] record)
    {
        try
        {
            return call.Service<ResultFormat>().Read(record) is [[IReadOnlyDictionary<string, object?> members], [Conditioning conditioning]]
                ? (Restore(members), conditioning)
                : throw new InvalidDataException("a record is no pair of a latent and a conditioning");
        }
        catch (InvalidDataException error)
        {
            throw Damaged(path, error.Message);
        }
    }

    private static byte[] Record(NodeCall call, Latent latent, Conditioning conditioning)
    {
        using var scope = NewDisposeScope();
        return call.Service<ResultFormat>().Write([[Members(latent)], [conditioning]])
            ?? throw NodeFailedException.TypeError("conditioning: it refers to a network or another value that no file holds");
    }

    private static Dictionary<string, object?> Members(Latent latent)
    {
        var members = latent.More.ToDictionary(StringComparer.Ordinal);
        members[Samples] = latent.Samples.cpu();
        if (latent.NoiseMask is { } mask) members[Mask] = mask.cpu();
        if (latent.BatchIndex is { } index) members[Index] = index.Select(place => (object?)place).ToArray();
        return members;
    }

    private static Latent Restore(IReadOnlyDictionary<string, object?> members) => new(members.GetValueOrDefault(Samples) as Tensor ?? throw new InvalidDataException("a latent without samples"))
    {
        NoiseMask = members.GetValueOrDefault(Mask) as Tensor,
        BatchIndex = members.GetValueOrDefault(Index) is IReadOnlyList<object?> index ? [.. index.OfType<long>()] : null,
        More = members.Where(member => member.Key is not (Samples or Mask or Index)).ToImmutableDictionary(StringComparer.Ordinal),
    };

    private static long Number(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan()[Prefix.Length..^Ending.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static NodeFailedException Damaged(string path, string reason) => NodeFailedException.ValueError($"folder_name: the shard '{path}' is damaged: {reason}");
}

using System.IO.Compression;
using System.Numerics;
using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>Where a stored tensor's values lie.</summary>
/// <param name="Info">Its name, type and shape.</param>
/// <param name="Storage">The storage it looks at.</param>
/// <param name="Offset">Its first element there.</param>
/// <param name="Strides">Elements from one index to the next, by dimension.</param>
internal sealed record TorchTensor(TensorInfo Info, string Storage, long Offset, IReadOnlyList<long> Strides);

/// <summary>
/// What torch.save wrote (.ckpt, .pt, .pth, .bin): a zip archive, or before PyTorch 1.6 a row of pickles with the values behind them. Names of
/// nested dictionaries and lists are joined by dots; the members of a <c>state_dict</c> stand at the root.
/// </summary>
internal sealed class TorchFile : IWeightSource
{
    private const string StateDictName = "state_dict.";
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    private readonly Dictionary<string, TorchTensor> _tensors;
    private readonly ITorchStorages _storages;

    private TorchFile(string path, object? root, ITorchStorages storages)
    {
        _storages = storages;
        Values = TorchPickle.Values(root);
        var rooted = TorchPickle.Flatten(root).ToList();
        if (rooted.Any(tensor => tensor.Info.Name.StartsWith(StateDictName, StringComparison.Ordinal)))
            rooted = [.. rooted.Where(tensor => tensor.Info.Name.StartsWith(StateDictName, StringComparison.Ordinal)).Select(tensor => tensor with { Info = tensor.Info with { Name = tensor.Info.Name[StateDictName.Length..] } })];
        _tensors = rooted.ToDictionary(tensor => tensor.Info.Name, StringComparer.Ordinal);
        var file = new FileInfo(path);
        Identity = $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}";
    }

    public string Identity { get; }

    public IReadOnlyDictionary<string, object> Values { get; }

    public IReadOnlyList<TensorInfo> Tensors => [.. _tensors.Values.Select(tensor => tensor.Info)];

    /// <summary>Whether a file begins as torch.save's do: a zip archive or a pickle.</summary>
    public static bool IsOne(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        return file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && (start is [(byte)'P', (byte)'K'] || (start[0] == 0x80 && start[1] is >= 2 and <= 5));
    }

    /// <summary>Reads the file's structure.</summary>
    public static TorchFile Open(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadByte() == 'P' ? OpenArchive(path) : OpenLegacy(path, file);
        }
        catch (Exception e) when (e is WeightsFormatException or InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw new WeightsFormatException($"{Path.GetFileName(path)}: {e.Message}", e);
        }
    }

    public Tensor OpenTensor(string name)
    {
        if (!_tensors.TryGetValue(name, out var tensor)) throw new WeightsFormatException($"there is no tensor '{name}'");
        var (info, last) = (tensor.Info, tensor.Offset);
        if (info.Count == 0) return empty([.. info.Shape], info.Type);
        for (var i = 0; i < info.Shape.Count; i++) last = checked(last + (info.Shape[i] - 1) * tensor.Strides[i]);
        var size = SafetensorsHeader.SizeOf(info.Type);
        var length = last - tensor.Offset + 1;
        using var scope = NewDisposeScope();
        var values = empty(length, info.Type);
        values.bytes = _storages.Read(tensor.Storage, checked(tensor.Offset * size), checked((int)(length * size)));
        return values.as_strided([.. info.Shape], [.. tensor.Strides], 0).contiguous().MoveToOuterDisposeScope();
    }

    private static TorchFile OpenArchive(string path)
    {
        var archive = ZipFile.OpenRead(path);
        var index = archive.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new WeightsFormatException("the archive holds no data.pkl, so torch.save did not write it");
        using var pickle = new MemoryStream();
        using (var stored = index.Open()) stored.CopyTo(pickle);
        pickle.Position = 0;
        var root = new Unpickler(pickle, TorchPickle.Reduce, TorchPickle.Storage).Load();
        return new TorchFile(path, root, new ArchiveStorages(archive, index.FullName[..^"data.pkl".Length] + "data/"));
    }

    private static TorchFile OpenLegacy(string path, FileStream file)
    {
        file.Position = 0;
        if (Next() is not BigInteger magic || magic != LegacyMagic) throw new WeightsFormatException("a pickle that torch.save did not write");
        Next();
        Next();
        var root = Next();
        var keys = Next() as IReadOnlyList<object?> ?? throw new WeightsFormatException("the pickle lists no storages");
        var sizes = TorchPickle.StorageTypes(root).ToDictionary(item => item.Key, item => SafetensorsHeader.SizeOf(item.Type), StringComparer.Ordinal);
        var starts = new Dictionary<string, (long Start, long Length)>(StringComparer.Ordinal);
        Span<byte> count = stackalloc byte[8];
        foreach (var key in keys.Select(key => (string)key!))
        {
            file.ReadExactly(count);
            var bytes = checked(BitConverter.ToInt64(count) * sizes.GetValueOrDefault(key, 1));
            if (bytes < 0 || bytes > file.Length - file.Position) throw new WeightsFormatException("a storage claims more bytes than the file has");
            starts[key] = (file.Position, bytes);
            file.Position += bytes;
        }
        return new TorchFile(path, root, new LegacyStorages(path, starts));

        object? Next() => new Unpickler(file, TorchPickle.Reduce, TorchPickle.Storage).Load();
    }
}

/// <summary>The bytes of storages.</summary>
internal interface ITorchStorages
{
    byte[] Read(string storage, long offset, int length);
}

/// <summary>Storages as entries of a zip archive.</summary>
internal sealed class ArchiveStorages(ZipArchive archive, string folder) : ITorchStorages
{
    private readonly Lock _gate = new();

    public byte[] Read(string storage, long offset, int length)
    {
        lock (_gate)
        {
            var entry = archive.GetEntry(folder + storage) ?? throw new WeightsFormatException($"the archive holds no storage '{storage}'");
            if (offset < 0 || length > entry.Length - offset) throw new WeightsFormatException($"a tensor reaches beyond its storage '{storage}'");
            using var stream = entry.Open();
            Skip(stream, offset);
            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    private static void Skip(Stream stream, long count)
    {
        var buffer = new byte[1 << 16];
        while (count > 0) count -= stream.Read(buffer, 0, (int)Math.Min(count, buffer.Length)) is var read and > 0 ? read : throw new EndOfStreamException();
    }
}

/// <summary>Storages one behind the other in the file.</summary>
internal sealed class LegacyStorages(string path, IReadOnlyDictionary<string, (long Start, long Length)> storages) : ITorchStorages
{
    public byte[] Read(string storage, long offset, int length)
    {
        if (!storages.TryGetValue(storage, out var place) || offset < 0 || length > place.Length - offset)
            throw new WeightsFormatException($"a tensor reaches beyond its storage '{storage}'");
        using var file = File.OpenRead(path);
        file.Position = place.Start + offset;
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return bytes;
    }
}

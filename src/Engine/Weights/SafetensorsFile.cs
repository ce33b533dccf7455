using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>
/// A .safetensors file as a memory map: opening reads the header alone, and tensors alias the file's pages without a copy.
/// A file must not be shortened in place while it is open; replacing it by renaming is safe.
/// </summary>
public sealed class SafetensorsFile : IWeightSource, IDisposable
{
    private readonly FileMapping _mapping;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(string path, string identity, FileMapping mapping, SafetensorsHeader header)
    {
        Path = path;
        Identity = identity;
        _mapping = mapping;
        _header = header;
        _entries = header.Entries.ToDictionary(entry => entry.Info.Name, StringComparer.Ordinal);
        Tensors = [.. header.Entries.Select(entry => entry.Info)];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The free text that the file's writer left in it.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="WeightsFormatException">The header is damaged or claims what the file does not hold; the message names the file, the tensor and the rule.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var header = SafetensorsHeader.Read(file, file.Length);
            var identity = $"{System.IO.Path.GetFullPath(path)}|{file.Length}|{File.GetLastWriteTimeUtc(path).Ticks}";
            return new SafetensorsFile(path, identity, new FileMapping(file), header);
        }
        catch (WeightsFormatException e)
        {
            throw new WeightsFormatException($"{System.IO.Path.GetFileName(path)}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The tensor aliases the file's pages; it stays valid after the file object is disposed, until it is disposed itself.</remarks>
    public Tensor OpenTensor(string name) => _entries.TryGetValue(name, out var entry)
        ? _mapping.Tensor(_header.DataStart + entry.Begin, entry.Info.Type, entry.Info.Shape)
        : throw new WeightsFormatException($"{System.IO.Path.GetFileName(Path)}: there is no tensor '{name}'");

    /// <summary>Gives the map back once no tensor over it is left.</summary>
    public void Dispose() => _mapping.Dispose();
}

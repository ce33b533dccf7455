using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>Where a tensor's bytes lie, counted from the start of the data section.</summary>
internal sealed record SafetensorsEntry(TensorInfo Info, long Begin, long End);

/// <summary>
/// The header of a .safetensors file: an unsigned 64-bit length, that many bytes of JSON, then the data section.
/// A header comes from outside and is believed in nothing: every offset, shape and type is checked against the others and the file's size.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Longest header accepted, as in the format's own reader.</summary>
    public const int MaxBytes = 100_000_000;

    private const int MaxDimensions = 32;

    /// <summary>The format's names of element types. The ids 23, 24 and 27–29 are libtorch's float8 and unsigned types, unnamed in TorchSharp.</summary>
    private static readonly Dictionary<string, (ScalarType Type, int Size)> Types = new(StringComparer.Ordinal)
    {
        ["BOOL"] = (ScalarType.Bool, 1), ["U8"] = (ScalarType.Byte, 1), ["I8"] = (ScalarType.Int8, 1),
        ["F8_E5M2"] = ((ScalarType)23, 1), ["F8_E4M3"] = ((ScalarType)24, 1),
        ["I16"] = (ScalarType.Int16, 2), ["F16"] = (ScalarType.Float16, 2), ["BF16"] = (ScalarType.BFloat16, 2), ["U16"] = ((ScalarType)27, 2),
        ["I32"] = (ScalarType.Int32, 4), ["F32"] = (ScalarType.Float32, 4), ["U32"] = ((ScalarType)28, 4),
        ["I64"] = (ScalarType.Int64, 8), ["F64"] = (ScalarType.Float64, 8), ["U64"] = ((ScalarType)29, 8),
    };

    private SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata, long dataStart)
    {
        Entries = entries;
        Metadata = metadata;
        DataStart = dataStart;
    }

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The free text under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Offset of the data section in the file.</summary>
    public long DataStart { get; }

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(ScalarType type) => Types.Values.First(known => known.Type == type).Size;

    /// <summary>Reads and checks the header at the start of a stream of <paramref name="fileLength"/> bytes.</summary>
    public static SafetensorsHeader Read(Stream stream, long fileLength)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (fileLength < 8) throw new WeightsFormatException($"the file has {fileLength} bytes, too few for a safetensors header");
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxBytes) throw new WeightsFormatException($"the header claims {length} bytes; at most {MaxBytes} are accepted, so this is no safetensors file");
        if ((long)length > fileLength - 8) throw new WeightsFormatException($"the header claims {length} bytes, the file has {fileLength - 8} left: it is cut off");
        var json = new byte[length];
        stream.ReadExactly(json);
        return Parse(json, 8 + (long)length, fileLength - 8 - (long)length);
    }

    private static SafetensorsHeader Parse(byte[] json, long dataStart, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new WeightsFormatException("the header is no JSON object");
            var entries = new List<SafetensorsEntry>();
            var names = new HashSet<string>(StringComparer.Ordinal);
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name)) throw new WeightsFormatException($"tensor '{property.Name}' is listed twice");
                if (property.Name == "__metadata__") ReadMetadata(property.Value, metadata);
                else entries.Add(ReadEntry(property.Name, property.Value, dataLength));
            }
            CheckOverlaps(entries);
            return new SafetensorsHeader(entries, metadata, dataStart);
        }
        catch (JsonException e)
        {
            throw new WeightsFormatException($"the header is no valid JSON: {e.Message}", e);
        }
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new WeightsFormatException("__metadata__ is no JSON object");
        foreach (var item in element.EnumerateObject())
            metadata[item.Name] = item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : item.Value.GetRawText();
    }

    private static SafetensorsEntry ReadEntry(string name, JsonElement element, long dataLength)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("shape", out var shape) || !element.TryGetProperty("data_offsets", out var offsets))
            throw new WeightsFormatException($"tensor '{name}' lacks dtype, shape or data_offsets");
        if (!Types.TryGetValue(dtype.GetString()!, out var type))
            throw new WeightsFormatException($"tensor '{name}' has the element type '{dtype.GetString()}'; known are {string.Join(", ", Types.Keys)}");
        var sizes = ReadNumbers(name, "shape", shape, MaxDimensions);
        var range = ReadNumbers(name, "data_offsets", offsets, 2);
        if (range.Length != 2 || range[0] > range[1] || range[1] > dataLength)
            throw new WeightsFormatException($"tensor '{name}' has data_offsets [{string.Join(", ", range)}] in a data section of {dataLength} bytes");
        var bytes = ByteCount(name, sizes, type.Size);
        if (bytes != range[1] - range[0])
            throw new WeightsFormatException($"tensor '{name}' of type {dtype.GetString()} and shape [{string.Join(", ", sizes)}] needs {bytes} bytes, its data_offsets span {range[1] - range[0]}");
        return new SafetensorsEntry(new TensorInfo(name, type.Type, sizes), range[0], range[1]);
    }

    private static long[] ReadNumbers(string name, string field, JsonElement element, int limit)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > limit)
            throw new WeightsFormatException($"tensor '{name}': {field} is no list of at most {limit} numbers");
        return [.. element.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number >= 0
            ? number
            : throw new WeightsFormatException($"tensor '{name}': {field} holds {item.GetRawText()}, not a whole number from 0 to 2^63-1"))];
    }

    private static long ByteCount(string name, long[] shape, int size)
    {
        try
        {
            return shape.Aggregate((long)size, (product, dimension) => checked(product * dimension));
        }
        catch (OverflowException e)
        {
            throw new WeightsFormatException($"tensor '{name}': shape [{string.Join(", ", shape)}] is larger than any file", e);
        }
    }

    private static void CheckOverlaps(List<SafetensorsEntry> entries)
    {
        SafetensorsEntry? last = null;
        foreach (var entry in entries.Where(entry => entry.End > entry.Begin).OrderBy(entry => entry.Begin))
        {
            if (last is not null && entry.Begin < last.End)
                throw new WeightsFormatException($"tensors '{last.Info.Name}' and '{entry.Info.Name}' overlap at byte {entry.Begin} of the data section");
            last = entry;
        }
    }

    /// <summary>Lays tensors out one after the other. Returns the bytes before the data section (padded to 8, so that data is aligned) and each tensor's place.</summary>
    public static (byte[] Bytes, IReadOnlyList<SafetensorsEntry> Entries) Build(IEnumerable<TensorInfo> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var entries = new List<SafetensorsEntry>();
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
        long at = 0;
        foreach (var info in tensors)
        {
            var (code, (_, size)) = Types.First(known => known.Value.Type == info.Type);
            entries.Add(new SafetensorsEntry(info, at, at += info.Count * size));
            WriteEntry(json, entries[^1], code);
        }
        json.WriteEndObject();
        json.Flush();
        var length = (buffer.WrittenCount + 7) / 8 * 8;
        var bytes = new byte[8 + length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        buffer.WrittenSpan.CopyTo(bytes.AsSpan(8));
        bytes.AsSpan(8 + buffer.WrittenCount).Fill((byte)' ');
        return (bytes, entries);
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry entry, string code)
    {
        json.WriteStartObject(entry.Info.Name);
        json.WriteString("dtype", code);
        json.WriteStartArray("shape");
        foreach (var dimension in entry.Info.Shape) json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(entry.Begin);
        json.WriteNumberValue(entry.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Farm.Testing;

/// <summary>
/// Small model files by name, written from lists of tensors (name, shape, type, scale and offset) by the rule that the figures were recorded
/// with: SplitMix64 seeded by the tensor's name. Made once and kept in the temp folder (FARM_TEST_CHECKPOINTS names another).
/// </summary>
internal static class Manifests
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private static readonly string Folder = Environment.GetEnvironmentVariable("FARM_TEST_CHECKPOINTS") ?? Path.Combine(Path.GetTempPath(), "farm-generated-checkpoints");
    private static readonly ConcurrentDictionary<string, Lazy<string>> Paths = new(StringComparer.Ordinal);

    /// <summary>The path of a file, which is written when it is not there. A <paramref name="salt"/> behind every name gives other values.</summary>
    public static string PathOf(string name, string salt = "") => Paths.GetOrAdd(name + salt, _ => new Lazy<string>(() =>
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, $"{name}{salt.Replace("#", "-", StringComparison.Ordinal)}.safetensors");
        if (File.Exists(path)) return path;
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        Write(Read(name), salt, partial);
        File.Move(partial, path, overwrite: true);
        return path;
    })).Value;

    /// <summary>The path of a hypernetwork as trainers write it: torch.save's index beside the tests, the values of the list.</summary>
    public static string HypernetworkPath => Paths.GetOrAdd("hypernet-tiny.pt", _ => new Lazy<string>(() =>
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, "hypernet-tiny.pt");
        if (File.Exists(path)) return path;
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        using (var archive = ZipFile.Open(partial, ZipArchiveMode.Create))
        {
            archive.CreateEntryFromFile(Path.Combine(AppContext.BaseDirectory, "Manifests", "hypernet-tiny.pkl"), "archive/data.pkl", CompressionLevel.NoCompression);
            foreach (var (i, row) in Read("hypernet-tiny").Index())
            {
                using var entry = archive.CreateEntry($"archive/data/{i}", CompressionLevel.NoCompression).Open();
                entry.Write(row.Bytes(""));
            }
        }
        File.Move(partial, path, overwrite: true);
        return path;
    })).Value;

    private static Row[] Read(string name)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Manifests", name + ".json.gz")), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty("tensors").EnumerateArray().Select(Row.Parse)];
    }

    private static void Write(Row[] rows, string salt, string path)
    {
        var header = Header(rows);
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, header, 0);
        var starts = Offsets(rows, header.Length);
        Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => RandomAccess.Write(file, rows[i].Bytes(salt), starts[i]));
    }

    private static long[] Offsets(Row[] rows, long at)
    {
        var starts = new long[rows.Length];
        for (var i = 0; i < rows.Length; at += rows[i++].Length) starts[i] = at;
        return starts;
    }

    private static byte[] Header(Row[] rows)
    {
        var starts = Offsets(rows, 0);
        var entries = rows.Select((row, i) =>
            $"{JsonSerializer.Serialize(row.Name)}:{{\"dtype\":\"{row.Type}\",\"shape\":[{string.Join(',', row.Shape)}],\"data_offsets\":[{starts[i]},{starts[i] + row.Length}]}}");
        var json = Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}");
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return [.. length, .. json];
    }

    private sealed record Row(string Name, long[] Shape, string Type, float Scale, float Offset)
    {
        public long Length => Count * (Type == "F16" ? 2 : Type == "F32" ? 4 : 8);

        private long Count => Shape.Aggregate(1L, (product, size) => product * size);

        public static Row Parse(JsonElement row)
        {
            var isRandom = row[3].ValueKind == JsonValueKind.Array;
            return new Row(
                row[0].GetString()!, [.. row[1].EnumerateArray().Select(size => size.GetInt64())], row[2].GetString()!, isRandom ? row[3][0].GetSingle() : 0, isRandom ? row[3][1].GetSingle() : 0);
        }

        public byte[] Bytes(string salt)
        {
            var bytes = new byte[Length];
            var state = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Name + salt)));
            for (var i = 0; i < Count; i++)
            {
                var z = state += Step;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                z ^= z >> 31;
                var value = ((z >> 40) * (1f / (1 << 24)) * 2 - 1) * Scale + Offset;
                if (Type == "F16") BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(i * 2), (Half)value);
                else if (Type == "F32") BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * 4), value);
                else BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), i);
            }
            return bytes;
        }
    }
}

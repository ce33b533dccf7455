using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Fixtures;

/// <summary>
/// Single-node cases recorded from ComfyUI 0.19.3 on the CPU, in two sets: cases, the tensors they start from, the tensors they end
/// in, and input files. Packed with Brotli.
/// </summary>
internal static class Recorded
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Nodes");
    private static readonly Lazy<Dictionary<string, Tensor>> LazyInputs = new(() => Merge("fixtures-1.safetensors.br", "fixtures-2.safetensors.br"));
    private static readonly Lazy<Dictionary<string, Tensor>> LazyOutputs = new(() => Merge("outputs-1.safetensors.br", "outputs-2.safetensors.br"));
    private static readonly Lazy<JsonObject> LazyDefinitions = new(() => Json("object_info.json.br").AsObject());

    /// <summary>Tensors that cases name as <c>$name</c>.</summary>
    public static IReadOnlyDictionary<string, Tensor> Inputs => LazyInputs.Value;

    /// <summary>Expected tensors.</summary>
    public static IReadOnlyDictionary<string, Tensor> Outputs => LazyOutputs.Value;

    /// <summary>Recorded <c>/object_info</c>, without help texts and file lists.</summary>
    public static JsonObject Definitions => LazyDefinitions.Value;

    /// <summary>All cases of both sets.</summary>
    public static IReadOnlyList<JsonObject> Cases { get; } =
        [.. new[] { "cases-1.json.br", "cases-2.json.br" }.SelectMany(name => Json(name).AsArray()).Select(node => node!.AsObject())];

    /// <summary>Sample rates of audio tensors.</summary>
    public static JsonObject Audio { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "audio-fixtures.json")))!.AsObject();

    /// <summary>Drawings that cases name as <c>$svg:name</c>: what the cases that save them as they are wrote.</summary>
    public static IReadOnlyDictionary<string, string[]> Drawings { get; } = Cases
        .Where(c => (string?)c["class_type"] == "SaveSVGNode" && c["hidden"] is null)
        .ToDictionary(c => ((string)c["inputs"]!["svg"]!)[5..], c => c["files"]!.AsArray().Select(file => (string)file!["text"]!).ToArray());

    /// <summary>The bytes of an input file.</summary>
    public static byte[] InputFile(string name) => File.ReadAllBytes(Path.Combine(Root, "input", name));

    /// <summary>Whether there is an input file of that name.</summary>
    public static bool HasInputFile(string name) => File.Exists(Path.Combine(Root, "input", name));

    private static JsonNode Json(string name) => JsonNode.Parse(Unpack(name))!;

    private static byte[] Unpack(string name)
    {
        using var packed = new BrotliStream(File.OpenRead(Path.Combine(Root, name)), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static Dictionary<string, Tensor> Merge(params string[] names) =>
        names.SelectMany(name => Read(Unpack(name))).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value);

    private static IEnumerable<KeyValuePair<string, Tensor>> Read(byte[] file)
    {
        var header = BitConverter.ToInt32(file);
        using var json = JsonDocument.Parse(file.AsMemory(8, header));
        foreach (var entry in json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
            var range = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => 8 + header + offset.GetInt32()).ToArray();
            var bytes = file[range[0]..range[1]];
            var type = entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => ScalarType.Float32,
                "F64" => ScalarType.Float64,
                "I64" => ScalarType.Int64,
                "I32" => ScalarType.Int32,
                "U8" => ScalarType.Byte,
                "BOOL" => ScalarType.Bool,
                var other => throw new InvalidDataException($"{entry.Name} is of type {other}."),
            };
            var values = empty(shape, type);
            if (bytes.Length > 0) values.bytes = bytes;
            yield return new(entry.Name, values);
        }
    }
}

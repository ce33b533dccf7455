using System.Buffers.Binary;
using System.Text.Json;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>fp32 tensors of a recorded file, read whole.</summary>
internal sealed class Golden
{
    private readonly byte[] _bytes;
    private readonly JsonElement _header;
    private readonly int _data;

    public Golden(string name)
    {
        _bytes = File.ReadAllBytes(PathOf(name));
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
        _header = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement;
        _data = 8 + length;
    }

    public IEnumerable<string> Names => _header.EnumerateObject().Select(entry => entry.Name).Where(name => name != "__metadata__");

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Sampling", "Fixtures", name);

    public Tensor this[string name] => tensor(Floats(name)).reshape([.. _header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())]);

    public float[] Floats(string name)
    {
        var entry = _header.GetProperty(name);
        Assert.Equal("F32", entry.GetProperty("dtype").GetString());
        var offsets = entry.GetProperty("data_offsets");
        int start = offsets[0].GetInt32(), end = offsets[1].GetInt32();
        var values = new float[(end - start) / sizeof(float)];
        Buffer.BlockCopy(_bytes, _data + start, values, 0, end - start);
        return values;
    }

    /// <summary>‖a − b‖ / ‖b‖.</summary>
    public static double RelativeError(Tensor actual, Tensor expected)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var wide = expected.to(ScalarType.Float64);
        return ((actual.to(ScalarType.Float64) - wide).norm() / wide.norm()).item<double>();
    }
}

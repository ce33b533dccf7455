using System.Buffers;
using Farm.Worker.Execution.Caching.Shared;
using MessagePack;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Tensors of the machine's memory: type, shape, and elements in row-major order.</summary>
internal sealed class TensorCodec : IValueCodec
{
    private const int Members = 3;

    /// <inheritdoc />
    public string Name => "tensor";

    /// <inheritdoc />
    public Type Type => typeof(Tensor);

    /// <inheritdoc />
    public bool Write(ref MessagePackWriter writer, object value, ResultFormat format)
    {
        var tensor = (Tensor)value;
        if (tensor.device_type != DeviceType.CPU || tensor.is_sparse || tensor.NumberOfElements * tensor.ElementSize > int.MaxValue)
            return false;
        using var scope = NewDisposeScope();
        var plain = tensor.contiguous();
        writer.WriteArrayHeader(Members);
        writer.Write((int)plain.dtype);
        writer.WriteArrayHeader(plain.shape.Length);
        foreach (var size in plain.shape) writer.Write(size);
        writer.Write(plain.bytes);
        return true;
    }

    /// <inheritdoc />
    public object Read(ref MessagePackReader reader, ResultFormat format)
    {
        reader.ReadArrayHeader();
        var type = (ScalarType)reader.ReadInt32();
        var shape = new long[reader.ReadArrayHeader()];
        for (var i = 0; i < shape.Length; i++) shape[i] = reader.ReadInt64();
        var bytes = reader.ReadBytes() ?? default;
        if (!Enum.IsDefined(type) || shape.Any(size => size < 0)) throw new InvalidDataException($"there is no tensor of {type} [{string.Join(", ", shape)}]");
        using var element = empty([0], type);
        if (shape.Aggregate((Int128)element.ElementSize, (product, size) => product * size) != bytes.Length)
            throw new InvalidDataException($"a tensor of [{string.Join(", ", shape)}] has {bytes.Length} bytes");
        var tensor = empty(shape, type);
        if (bytes.Length > 0) tensor.bytes = bytes.ToArray();
        return tensor.DetachFromDisposeScope();
    }
}

using System.Collections.Immutable;
using Farm.Worker.Execution.Caching.Shared;
using MessagePack;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Conditionings, item by item. One that refers to a network, such as a ControlNet, stays on its worker.</summary>
internal sealed class ConditioningCodec : IValueCodec
{
    private const int Members = 2;

    /// <inheritdoc />
    public string Name => "conditioning";

    /// <inheritdoc />
    public Type Type => typeof(Conditioning);

    /// <inheritdoc />
    public bool Write(ref MessagePackWriter writer, object value, ResultFormat format)
    {
        var items = ((Conditioning)value).Items;
        writer.WriteArrayHeader(items.Length);
        foreach (var item in items)
        {
            writer.WriteArrayHeader(Members);
            if (!format.WriteValue(ref writer, item.Context) || !format.WriteMembers(ref writer, item.Options))
                return false;
        }
        return true;
    }

    /// <inheritdoc />
    public object Read(ref MessagePackReader reader, ResultFormat format)
    {
        var items = ImmutableArray.CreateBuilder<ConditioningItem>();
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            reader.ReadArrayHeader();
            var context = format.ReadValue(ref reader) as Tensor ?? throw new InvalidDataException("a conditioning without a context");
            items.Add(new ConditioningItem(context, format.ReadMembers(ref reader).ToImmutableDictionary(StringComparer.Ordinal)));
        }
        return new Conditioning(items.ToImmutable());
    }
}

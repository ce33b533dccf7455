using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>What is known of a stored tensor without reading it.</summary>
/// <param name="Name">Its key in the file.</param>
/// <param name="Type">Element type as stored; float8 types are ids that TorchSharp passes through without a name.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
public sealed record TensorInfo(string Name, ScalarType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Shape as text, such as [320, 4, 3, 3].</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}

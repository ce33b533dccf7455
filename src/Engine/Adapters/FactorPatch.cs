using static TorchSharp.torch;

namespace Farm.Engine.Adapters;

/// <summary>Weights and biases of some layers times a factor.</summary>
/// <param name="name">What it is, for the identity.</param>
/// <param name="factors">The end of a layer's name with the factor on it; what none names stays.</param>
/// <param name="only">Whether a tensor is meant at all; null for all.</param>
public sealed class FactorPatch(string name, IReadOnlyList<(string Layer, float Factor)> factors, Func<string, bool>? only = null) : Weights.IWeightPatch
{
    /// <inheritdoc/>
    public string Identity { get; } = $"{name}({string.Join(',', factors.Select(item => $"{item.Layer}*{item.Factor:R}"))})";

    /// <inheritdoc/>
    public bool Covers(string name) => Find(name) is not null;

    /// <inheritdoc/>
    public Tensor Apply(string name, Tensor weight) => weight * Find(name)!.Value;

    private float? Find(string name)
    {
        if (only is not null && !only(name)) return null;
        foreach (var (layer, factor) in factors)
        {
            if (name.EndsWith(layer + ".weight", StringComparison.Ordinal) || name.EndsWith(layer + ".bias", StringComparison.Ordinal)) return factor;
        }
        return null;
    }
}

using static TorchSharp.torch;

namespace Farm.Engine.Adapters;

/// <summary>A whole difference: W + strength·Δ.</summary>
internal sealed class FullDelta(AdapterEntry entry, string suffix) : WeightDelta
{
    public override Tensor Apply(Tensor weight, float strength)
    {
        var delta = entry.Open(suffix, weight.device);
        return strength == 0 || !delta.shape.SequenceEqual(weight.shape) ? weight : weight + delta * strength;
    }
}

/// <summary>Another weight in the place of this one, whatever the strength.</summary>
internal sealed class ReplacedWeight(AdapterEntry entry, string suffix) : WeightDelta
{
    public override Tensor Apply(Tensor weight, float strength) => entry.Open(suffix, weight.device);
}

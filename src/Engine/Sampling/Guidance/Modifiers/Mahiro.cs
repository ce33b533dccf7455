using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Mahiro: between the mixed prediction and the scaled positive, by how alike the two sides are over the whole batch.</summary>
public static class Mahiro
{
    /// <summary>The post hook.</summary>
    public static Tensor Apply(GuidanceCall call, GuidancePair pair, Tensor mixed)
    {
        var leap = pair.Positive * call.Scale;
        var negative = pair.Negative * call.Scale;
        var merge = (leap + mixed) / 2;
        var similarity = nn.functional.cosine_similarity(Root(negative), Root(merge), dim: 1, eps: 1e-8).mean();
        var weight = (similarity + 1) * 2;
        return (mixed * weight + leap * (4 - weight)) / 4;
    }

    private static Tensor Root(Tensor x) => x.sign() * x.abs().sqrt();
}

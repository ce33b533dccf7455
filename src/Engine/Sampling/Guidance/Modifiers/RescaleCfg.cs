using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Rescaled guidance (arXiv 2305.08891): the mixed velocity brought towards the positive's deviation.</summary>
public static class RescaleCfg
{
    /// <summary>The mix.</summary>
    /// <param name="multiplier">Share of the rescaled velocity.</param>
    public static GuidanceMix Create(float multiplier) => (call, pair) =>
    {
        float square = call.Sigma * call.Sigma + 1, root = MathF.Sqrt(square);
        var y = call.X / square;
        var p = (y - pair.Positive) * root / call.Sigma;
        var u = (y - pair.Negative) * root / call.Sigma;
        var mixed = u + (p - u) * call.Scale;
        var rescaled = mixed * (Deviation(p) / Deviation(mixed));
        var final = rescaled * multiplier + mixed * (1 - multiplier);
        return y - final * call.Sigma / root;
    };

    private static Tensor Deviation(Tensor x) => x.std([1, 2, 3], unbiased: true, keepdim: true);
}

using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>CFG-Zero* (arXiv 2503.18886): the negative scaled to fit the positive best.</summary>
public static class CfgZeroStar
{
    /// <summary>The post hook.</summary>
    public static Tensor Apply(GuidanceCall call, GuidancePair pair, Tensor mixed)
    {
        var p = (call.X - pair.Positive).flatten(1);
        var u = (call.X - pair.Negative).flatten(1);
        var alpha = ((p * u).sum(1, keepdim: true) / (u.square().sum(1, keepdim: true) + 1e-8)).reshape(-1, 1, 1, 1);
        return mixed + pair.Negative * (alpha - 1) + pair.Negative * ((1 - alpha) * call.Scale);
    }
}

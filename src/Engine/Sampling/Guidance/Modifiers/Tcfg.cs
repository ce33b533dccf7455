using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Tangential damping (arXiv 2503.18137): the negative's score keeps only its part along the direction that both sides share.</summary>
public static class Tcfg
{
    /// <summary>The pre hook. With A the two scores as rows, the part of row u along A's first right singular vector is w_u·(wᵀA), w the
    /// leading eigenvector of the 2×2 matrix AAᵀ.</summary>
    public static GuidancePair Apply(GuidanceCall call, GuidancePair pair)
    {
        var u = (call.X - pair.Negative).flatten(1);
        var p = (call.X - pair.Positive).flatten(1);
        var rows = stack([u, p], 1).to(ScalarType.Float64);
        var (_, vectors) = linalg.eigh(rows.bmm(rows.transpose(1, 2)));
        var leading = vectors.narrow(2, 1, 1);
        var shared = (leading * rows).sum(1) * leading.select(1, 0);
        return pair with { Negative = call.X - shared.to(ScalarType.Float32).reshape(call.X.shape) };
    }
}

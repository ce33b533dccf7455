using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>How the colours of some frames lie: their centre and how they spread around it.</summary>
/// <param name="Mean">fp64 [3, 1].</param>
/// <param name="Covariance">Of the whole population, fp64 [3, 3].</param>
internal sealed record ColourStatistics(Tensor Mean, Tensor Covariance)
{
    private const double LeastSpread = 1e-6;

    /// <summary>Spread of each channel, [3, 1].</summary>
    public Tensor Deviation => Covariance.diagonal().unsqueeze(1).sqrt().clamp_min(LeastSpread);

    /// <summary>Of frames together, each with the same weight.</summary>
    /// <param name="frames">fp32 [B, 3, N].</param>
    public static ColourStatistics Of(Tensor frames)
    {
        long[] rows = [2], batch = [0];
        frames = frames.to(ScalarType.Float64);
        var mean = frames.mean(rows).mean(batch).unsqueeze(1);
        var centred = frames - mean;
        var covariance = einsum("bin,bjn->bij", centred, centred).mean(batch) / frames.shape[2];
        return new ColourStatistics(mean, covariance);
    }

    /// <summary>Scales each channel onto another's centre and spread (Reinhard et al., 2001).</summary>
    public Tensor Rescale(Tensor colours, ColourStatistics to) =>
        ((colours - Mean) * (to.Deviation / Deviation) + to.Mean).to(ScalarType.Float32);

    /// <summary>Maps onto another's centre and covariance at the least cost (Pitié and Kokaram, 2007, Monge–Kantorovitch).</summary>
    public Tensor Transport(Tensor colours, ColourStatistics to)
    {
        var (values, vectors) = linalg.eigh(Covariance);
        var spread = values.clamp_min(0).sqrt().clamp_min(LeastSpread);
        var outward = vectors * spread;
        var inward = vectors / spread;
        var (middleValues, middleVectors) = linalg.eigh(outward.t().mm(to.Covariance).mm(outward));
        var root = (middleVectors * middleValues.clamp_min(0).sqrt()).mm(middleVectors.t());
        var map = inward.mm(root).mm(inward.t());
        return (einsum("ij,bjn->bin", map, colours - Mean) + to.Mean).to(ScalarType.Float32);
    }
}

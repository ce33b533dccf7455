namespace Farm.Engine.Sampling;

/// <summary>Temporal score rescaling (arXiv 2510.01184): sharper or softer sampling by the signal to noise ratio.</summary>
public static class TemporalScoreRescaling
{
    /// <summary>The post hook.</summary>
    /// <param name="k">Temperature; 1 changes nothing.</param>
    /// <param name="sigma">Deviation of the data that is assumed.</param>
    public static AfterMix Create(float k, float sigma) => (call, _, mixed) =>
    {
        float ratio = MathF.Exp(2 * call.Model.Sampling.HalfLogSnr(call.Sigma));
        if (k == 1 || call.Sigma == 0 || ratio == 0) return mixed;
        float variance = sigma * sigma, weight = float.IsInfinity(ratio) ? k : (ratio * variance + 1) / (ratio * variance / k + 1);
        return call.X / call.Model.Sampling.Alpha(call.Sigma) * (1 - weight) + mixed * weight;
    };
}

using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Guidance only below a noise level, with its norm bounded (Lumina 2, Alpha-VLLM/Lumina-Image-2.0).</summary>
public static class RenormCfg
{
    /// <summary>The mix.</summary>
    /// <param name="truncation">Noise level below which guidance applies.</param>
    /// <param name="renorm">Largest norm per picture, in the positive's; 0 for none.</param>
    public static GuidanceMix Create(float truncation, float renorm) => (call, pair) =>
    {
        if (call.Sigma >= truncation) return pair.Positive;
        var mixed = pair.Negative + (pair.Positive - pair.Negative) * call.Scale;
        if (renorm <= 0) return mixed;
        var limit = Norm(pair.Positive) * renorm;
        var norm = Norm(mixed);
        return where(norm >= limit, mixed * (limit / norm), mixed);
    };

    private static Tensor Norm(Tensor x) => x.square().sum([1, 2, 3], keepdim: true).sqrt();
}

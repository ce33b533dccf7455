using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Bounds the norm of the mixed prediction by the positive's, cell by cell over channels.</summary>
public static class CfgNorm
{
    /// <summary>The post hook.</summary>
    /// <param name="strength">Factor on the result.</param>
    public static AfterMix Create(float strength) => (_, pair, mixed) =>
    {
        var ratio = Norm(pair.Positive) / (Norm(mixed) + 1e-8);
        return mixed * ratio.clamp(0, 1) * strength;
    };

    private static Tensor Norm(Tensor x) => x.square().sum(1, keepdim: true).sqrt();
}

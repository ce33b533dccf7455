namespace Farm.Engine.Sampling;

/// <summary>Epsilon scaling (arXiv 2308.15321): the predicted noise divided by a factor against exposure bias.</summary>
public static class EpsilonScaling
{
    /// <summary>The post hook.</summary>
    /// <param name="factor">The divisor; 1 changes nothing.</param>
    public static AfterMix Create(float factor) => (call, _, mixed) => call.X - (call.X - mixed) / factor;
}

using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A guidance scale that changes over the frames of a batch (Stable Video Diffusion, arXiv 2311.15127).</summary>
public static class VideoCfg
{
    /// <summary>From the least scale at the first frame to the full one at the last.</summary>
    public static GuidanceMix Linear(float leastScale) => (call, pair) =>
        Mix(pair, linspace(leastScale, call.Scale, pair.Positive.shape[0], device: call.X.device));

    /// <summary>From the least scale up to the full one at the middle frame and back.</summary>
    public static GuidanceMix Triangle(float leastScale) => (call, pair) =>
    {
        var place = linspace(0, 1, pair.Positive.shape[0], device: call.X.device);
        var wave = (place - (place + 0.5f).floor()).abs() * 2;
        return Mix(pair, wave * (call.Scale - leastScale) + leastScale);
    };

    private static Tensor Mix(GuidancePair pair, Tensor scales) =>
        pair.Negative + (pair.Positive - pair.Negative) * scales.reshape(-1, 1, 1, 1);
}

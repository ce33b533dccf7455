using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>The noise of a SEEDS step at growing fractions of it: each stage decays the last and adds a fresh draw.</summary>
internal sealed class SeedsNoise
{
    private readonly SamplingRun _run;
    private readonly float _rate;
    private Tensor _value;
    private float _fraction;

    private SeedsNoise(SamplingRun run, Tensor like, float rate)
    {
        _run = run;
        _rate = rate;
        _value = zeros_like(like);
    }

    /// <summary>Null when the options ask for no noise: nothing is drawn then.</summary>
    public static SeedsNoise? Create(SamplingRun run, Tensor like, float h, float eta, float scale) =>
        eta > 0 && scale > 0 ? new SeedsNoise(run, like, h * eta) : null;

    /// <summary>The noise at <paramref name="fraction"/> of the step.</summary>
    public Tensor Advance(float fraction)
    {
        float passed = (_fraction - fraction) * _rate;
        _value = _value * Fp32.Exp(passed) + _run.Noise(_value) * MathF.Sqrt(-Fp32.Expm1(2 * passed));
        _fraction = fraction;
        return _value;
    }
}

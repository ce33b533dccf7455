using Farm.Engine.Models.UNet;

namespace Farm.Engine.Sampling;

/// <summary>
/// Skip layer guidance (Stability AI's for SD 3.5): away from what the network sees without some of its blocks. A network that has none of them sees the same,
/// and only the rescaling is left.
/// </summary>
/// <param name="Blocks">The blocks that are left out; with none there is no guidance.</param>
/// <param name="StartSigma">The highest noise level at which it acts.</param>
/// <param name="EndSigma">The least.</param>
public sealed record SkipLayerGuidance(SkippedBlocks Blocks, float StartSigma, float EndSigma)
{
    /// <summary>The post hook: d + s(p − q), q being the positive without the blocks; with a rescaling ρ then times ρ·std(p)/std(d) + 1 − ρ, over the whole batch.</summary>
    /// <param name="scale">s; 0 for no guidance.</param>
    /// <param name="rescaling">ρ; 0 for none.</param>
    public AfterMix Steer(float scale, float rescaling) => (call, pair, mixed) =>
    {
        if (scale <= 0 || Passes(call) is not { } patches) return mixed;
        var steered = mixed + (pair.Positive - call.Evaluate(call.Positive, patches: patches)) * scale;
        return rescaling == 0 ? steered : steered * (pair.Positive.std() / steered.std() * rescaling + (1 - rescaling));
    };

    /// <summary>Changes to the passes of a call without the blocks; null where it does not act.</summary>
    public UNetPatches? Passes(GuidanceCall call) =>
        Blocks.IsEmpty || call.Sigma > StartSigma || call.Sigma < EndSigma ? null : call.Model.Patches with { Skipped = Blocks };
}

/// <summary>Skip layer guidance on models.</summary>
public static class SkipLayerGuidanceExtensions
{
    /// <summary>The model steered away from its positive without the blocks, see <see cref="SkipLayerGuidance.Steer"/>.</summary>
    public static DiffusionModel WithSkipLayerGuidance(this DiffusionModel model, SkipLayerGuidance guidance, float scale, float rescaling = 0) =>
        model.With(run => run with { Hooks = run.Hooks.With(guidance.Steer(scale, rescaling)) });

    /// <summary>The model whose negative alone is seen without the blocks.</summary>
    public static DiffusionModel WithSkippedNegative(this DiffusionModel model, SkipLayerGuidance guidance) =>
        model.With(run => run with { Hooks = run.Hooks with { NegativePatches = guidance.Passes } });
}

using Farm.Engine.Models.UNet;

namespace Farm.Engine.Sampling;

/// <summary>Perturbed attention guidance (arXiv 2403.17377): away from what the network sees without the self attention of its middle block.</summary>
public static class PerturbedAttention
{
    /// <summary>The model with the guidance.</summary>
    public static DiffusionModel WithPerturbedAttention(this DiffusionModel model, float scale) =>
        model.With(run => run with { Hooks = run.Hooks.With((call, pair, mixed) => Steer(call, pair, mixed, scale)) });

    private static TorchSharp.torch.Tensor Steer(GuidanceCall call, GuidancePair pair, TorchSharp.torch.Tensor mixed, float scale)
    {
        if (scale == 0) return mixed;
        var patches = call.Model.Patches;
        AttentionReplacement valuesAlone = (_, _, _, v, _) => v.alias();
        var perturbed = patches with { SelfAttentionReplacements = [.. patches.SelfAttentionReplacements, (place => place is { Stretch: UNetStretch.Middle, Block: 0 }, valuesAlone)] };
        return mixed + (pair.Positive - call.Evaluate(call.Positive, patches: perturbed)) * scale;
    }
}

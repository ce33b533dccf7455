using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Merging;
using Farm.Engine.Weights;

namespace Farm.Engine.Hooks;

/// <summary>A change to weights for some conditionings only, over a part of the walk.</summary>
public sealed record WeightHook
{
    private readonly Func<NetworkPartView, bool, float, IWeightPatch?> _fit;

    private WeightHook(Func<NetworkPartView, bool, float, IWeightPatch?> fit) => _fit = fit;

    /// <summary>Factor on the change to the denoising network.</summary>
    public float ModelStrength { get; init; } = 1;

    /// <summary>Factor on the change to the text encoders.</summary>
    public float ClipStrength { get; init; } = 1;

    /// <summary>The strength over the walk.</summary>
    public HookKeyframes Keyframes { get; init; } = HookKeyframes.None;

    /// <summary>An adapter file's changes.</summary>
    public static WeightHook Of(AdapterFile file) => new(file.Fit);

    /// <summary>Another checkpoint's weights in the place of the model's, by the strength: W + s·(other − W).</summary>
    public static WeightHook Of(LoadedCheckpoint other) => new((part, _, strength) =>
    {
        var theirs = (other.Clip?.Parts ?? []).Prepend(other.Model.Part).FirstOrDefault(candidate => candidate.Name == part.Name);
        return theirs is null ? null : new MergePatch(theirs.Stored, theirs.Patches, _ => new MergeShares(strength, 1 - strength), $"{strength:R}");
    });

    /// <summary>The change to a network; null where it has none.</summary>
    /// <param name="part">The network.</param>
    /// <param name="soleEncoder">Whether it is the only text encoder of its model.</param>
    /// <param name="strength">Factor on the change.</param>
    internal IWeightPatch? Fit(NetworkPartView part, bool soleEncoder, float strength) => strength == 0 ? null : _fit(part, soleEncoder, strength);
}

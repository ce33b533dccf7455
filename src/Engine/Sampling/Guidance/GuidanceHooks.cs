using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>What a guidance hook sees of a call.</summary>
/// <param name="Guider">The guider that calls, for hooks that evaluate more.</param>
/// <param name="X">The noisy latent.</param>
/// <param name="Sigma">Its noise level.</param>
/// <param name="Scale">The guidance scale.</param>
public sealed record GuidanceCall(CfgGuider Guider, Tensor X, float Sigma, float Scale);

/// <summary>Clean latents of the two sides. With a scale of 1 and nothing that asks for it the negative is all zeros.</summary>
public readonly record struct GuidancePair(Tensor Positive, Tensor Negative);

/// <summary>Changes to guidance, run in the order of attachment: every pre hook, then the mix, then every post hook.</summary>
public sealed record GuidanceHooks
{
    /// <summary>No changes.</summary>
    public static GuidanceHooks None { get; } = new();

    /// <summary>Change the predictions before they are mixed.</summary>
    public IReadOnlyList<Func<GuidanceCall, GuidancePair, GuidancePair>> Before { get; init; } = [];

    /// <summary>Takes the place of the mix u + g(p − u); null for that mix.</summary>
    public Func<GuidanceCall, GuidancePair, Tensor>? Mix { get; init; }

    /// <summary>Change the mixed result, given the pair after the pre hooks.</summary>
    public IReadOnlyList<Func<GuidanceCall, GuidancePair, Tensor, Tensor>> After { get; init; } = [];

    /// <summary>Evaluate the negative even at a scale of 1.</summary>
    public bool NeedsNegative { get; init; }
}

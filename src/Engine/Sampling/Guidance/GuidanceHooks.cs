using Farm.Engine.Models.UNet;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>What a guidance hook sees of a call.</summary>
/// <param name="Model">The network, for hooks that evaluate more.</param>
/// <param name="X">The noisy latent.</param>
/// <param name="Sigma">Its noise level.</param>
/// <param name="Scale">The guidance scale.</param>
public sealed record GuidanceCall(IDiffusionModel Model, Tensor X, float Sigma, float Scale)
{
    /// <summary>What is drawn.</summary>
    public IReadOnlyList<ConditioningEntry> Positive { get; init; } = [];

    /// <summary>What is steered away from.</summary>
    public IReadOnlyList<ConditioningEntry> Negative { get; init; } = [];

    /// <summary>The stream that the initial noise came from; null outside of a run.</summary>
    public Generator? Random { get; init; }

    /// <summary>The clean latent of another conditioning in a pass of its own.</summary>
    /// <param name="conditioning">The conditioning.</param>
    /// <param name="x">Another noisy latent; null for this call's.</param>
    /// <param name="patches">Other changes to the pass; null for the model's.</param>
    public Tensor Evaluate(IReadOnlyList<ConditioningEntry> conditioning, Tensor? x = null, UNetPatches? patches = null) =>
        ConditioningBatch.Evaluate(Model, x ?? X, Sigma, [conditioning], Random, patches)[0];
}

/// <summary>Clean latents of the two sides. With a scale of 1 and nothing that asks for it the negative is all zeros.</summary>
public readonly record struct GuidancePair(Tensor Positive, Tensor Negative);

/// <summary>Changes the predictions before they are mixed; called only with both sides evaluated.</summary>
public delegate GuidancePair BeforeMix(GuidanceCall call, GuidancePair pair);

/// <summary>Takes the place of the mix u + g(p − u).</summary>
public delegate Tensor GuidanceMix(GuidanceCall call, GuidancePair pair);

/// <summary>Changes the mixed result, given the pair after the pre hooks.</summary>
public delegate Tensor AfterMix(GuidanceCall call, GuidancePair pair, Tensor mixed);

/// <summary>Changes to guidance, run in the order of attachment: every pre hook, then the mix, then every post hook.</summary>
public sealed record GuidanceHooks
{
    /// <summary>No changes.</summary>
    public static GuidanceHooks None { get; } = new();

    /// <summary>Pre hooks.</summary>
    public IReadOnlyList<BeforeMix> Before { get; init; } = [];

    /// <summary>The mix; null for u + g(p − u). There is one: the last set wins.</summary>
    public GuidanceMix? Mix { get; init; }

    /// <summary>Post hooks.</summary>
    public IReadOnlyList<AfterMix> After { get; init; } = [];

    /// <summary>Evaluate the negative even at a scale of 1.</summary>
    public bool NeedsNegative { get; init; }

    /// <summary>Other changes to the negative's passes, which then run apart from the positive's; null, or null from it, for the model's. The last set wins; <see cref="CfgGuider"/> alone asks it.</summary>
    public Func<GuidanceCall, UNetPatches?>? NegativePatches { get; init; }

    /// <summary>These with one more pre hook.</summary>
    public GuidanceHooks With(BeforeMix hook) => this with { Before = [.. Before, hook] };

    /// <summary>These with one more post hook.</summary>
    public GuidanceHooks With(AfterMix hook) => this with { After = [.. After, hook] };

    /// <summary>The mixed and changed result for a pair of predictions, with the pair after the pre hooks.</summary>
    internal Denoised Apply(GuidanceCall call, GuidancePair pair, bool hasBoth)
    {
        if (hasBoth)
            foreach (var hook in Before) pair = hook(call, pair);
        var mixed = Mix is { } mix ? mix(call, pair) : pair.Negative + (pair.Positive - pair.Negative) * call.Scale;
        foreach (var hook in After) mixed = hook(call, pair, mixed);
        return new Denoised(mixed, pair.Negative);
    }
}

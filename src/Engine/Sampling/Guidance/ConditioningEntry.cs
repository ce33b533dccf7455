using Farm.Engine.Hooks;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>One conditioning of a prompt; a positive or negative conditioning is a list of them, mixed by weight where they overlap.</summary>
/// <param name="Context">Text states, fp32 [1 or B, tokens, width].</param>
/// <param name="Y">Vector conditioning as the network takes it, fp32 [1 or B, width]; null where it takes none.</param>
public sealed record ConditioningEntry(Tensor Context, Tensor? Y = null)
{
    /// <summary>Weight against other entries at the same place; 1 by default.</summary>
    public float Strength { get; init; } = 1;

    /// <summary>The part of the latent it applies to; everywhere by default.</summary>
    public LatentArea? Area { get; init; }

    /// <summary>Weights by place, fp32 [1 or B, h, w], resized to the latent; none by default.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>Factor on <see cref="Mask"/>; 1 by default.</summary>
    public float MaskStrength { get; init; } = 1;

    /// <summary>The fraction of the way at which it starts to apply; 0 by default.</summary>
    public double StartPercent { get; init; }

    /// <summary>The fraction of the way after which it no longer applies; 1 by default.</summary>
    public double EndPercent { get; init; } = 1;

    /// <summary>Channels that join the latent, fp32 [1 or B, c, h, w]; none by default.</summary>
    public Tensor? Concat { get; init; }

    /// <summary>A control network with its picture; none by default. Entries of one control share its passes.</summary>
    public IControl? Control { get; init; }

    /// <summary>Text states that the control network sees in place of <see cref="Context"/>, of the same shape but for the tokens; none by default.</summary>
    public Tensor? ControlContext { get; init; }

    /// <summary>A change to its passes; none by default. Entries of one change share passes.</summary>
    public IPassChange? PassChange { get; init; }

    /// <summary>Changes to the network's weights for this entry; none by default. Entries of one set share passes.</summary>
    public HookSet? Hooks { get; init; }

    /// <summary>Whether it fills only the places that no other entry of its conditioning reaches; off by default.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether the entry applies at a noise level.</summary>
    internal bool AppliesAt(float sigma, SigmaTable table) =>
        (StartPercent <= 0 || sigma <= table.PercentToSigma(StartPercent)) && (EndPercent >= 1 || sigma >= table.PercentToSigma(EndPercent));
}

/// <summary>A rectangle in latent cells.</summary>
public sealed record LatentArea(long Height, long Width, long Y, long X)
{
    /// <summary>The part inside a latent; null where nothing of it is.</summary>
    internal LatentArea? Within(long height, long width)
    {
        long y = Math.Max(Y, 0), x = Math.Max(X, 0);
        var inside = new LatentArea(Math.Min(Y + Height, height) - y, Math.Min(X + Width, width) - x, y, x);
        return inside.Height > 0 && inside.Width > 0 ? inside : null;
    }
}

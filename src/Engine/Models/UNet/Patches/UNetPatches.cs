using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>The three stretches of a UNet.</summary>
public enum UNetStretch
{
    /// <summary>Down.</summary>
    Input,

    /// <summary>The lowest resolution.</summary>
    Middle,

    /// <summary>Up.</summary>
    Output,
}

/// <summary>A place in a pass.</summary>
/// <param name="Stretch">Which stretch.</param>
/// <param name="Block">The block's number in it.</param>
/// <param name="Transformer">The transformer block's number in its stack.</param>
/// <param name="Height">Height of the latent that entered.</param>
/// <param name="Width">Width of the latent that entered.</param>
/// <param name="Inputs">The pass.</param>
public readonly record struct UNetPlace(UNetStretch Stretch, int Block, int Transformer, long Height, long Width, ModelInputs Inputs);

/// <summary>Attention over [B, N, C] queries and [B, M, C] keys and values, projections included.</summary>
public delegate Tensor AttentionCore(Tensor q, Tensor k, Tensor v);

/// <summary>Changes what enters an attention and what it gives, around <paramref name="inner"/>.</summary>
public delegate Tensor AttentionPatch(UNetPlace place, Tensor q, Tensor k, Tensor v, AttentionCore inner);

/// <summary>Takes the place of an attention between its projections: q, k, v [B, N, heads·d] → [B, N, heads·d].</summary>
public delegate Tensor AttentionReplacement(UNetPlace place, Tensor q, Tensor k, Tensor v, long heads);

/// <summary>Changes the tokens [B, N, C] of a transformer block; a new tensor or the one given.</summary>
public delegate Tensor TokenPatch(UNetPlace place, Tensor tokens);

/// <summary>Changes a block's output [B, C, h, w]; a new tensor or the one given.</summary>
public delegate Tensor BlockPatch(UNetPlace place, Tensor h);

/// <summary>Changes what an output block joins: the stream and the skip.</summary>
public delegate (Tensor H, Tensor Skip) JoinPatch(UNetPlace place, Tensor h, Tensor skip);

/// <summary>Blocks of a diffusion transformer that hand on what they get, by number; a UNet has blocks of neither kind.</summary>
/// <param name="Double">Blocks with a stream each for text and picture.</param>
/// <param name="Single">Blocks with one stream for both.</param>
public sealed record SkippedBlocks(IReadOnlyList<int> Double, IReadOnlyList<int> Single)
{
    /// <summary>No blocks.</summary>
    public static SkippedBlocks None { get; } = new([], []);

    /// <summary>Whether no block is named.</summary>
    public bool IsEmpty => Double.Count == 0 && Single.Count == 0;
}

/// <summary>Changes to a UNet's passes, each kind run in the order of attachment (attentions: the last is outermost).</summary>
public sealed record UNetPatches
{
    /// <summary>No changes.</summary>
    public static UNetPatches None { get; } = new();

    /// <summary>Around self attentions, which see the normalised tokens three times.</summary>
    public IReadOnlyList<AttentionPatch> SelfAttention { get; init; } = [];

    /// <summary>Around cross attentions, which see the normalised tokens and the text twice.</summary>
    public IReadOnlyList<AttentionPatch> CrossAttention { get; init; } = [];

    /// <summary>Between a transformer block's self attention and its cross attention.</summary>
    public IReadOnlyList<TokenPatch> AfterSelfAttention { get; init; } = [];

    /// <summary>In the place of a self attention between its projections where it gives one; the last that does wins.</summary>
    public IReadOnlyList<(Func<UNetPlace, bool> At, AttentionReplacement Replace)> SelfAttentionReplacements { get; init; } = [];

    /// <summary>After an input block, before its output is kept as a skip.</summary>
    public IReadOnlyList<BlockPatch> BeforeSkip { get; init; } = [];

    /// <summary>After an input block's output was kept as a skip.</summary>
    public IReadOnlyList<BlockPatch> AfterSkip { get; init; } = [];

    /// <summary>Before an output block joins its skip.</summary>
    public IReadOnlyList<JoinPatch> Join { get; init; } = [];

    /// <summary>Blocks that a network of transformer blocks passes over; none by default.</summary>
    public SkippedBlocks Skipped { get; init; } = SkippedBlocks.None;

    /// <summary>The attention with these changes around it.</summary>
    internal static AttentionCore Wrap(IReadOnlyList<AttentionPatch> patches, UNetPlace place, AttentionCore core)
    {
        foreach (var patch in patches)
        {
            var inner = core;
            core = (q, k, v) => patch(place, q, k, v, inner);
        }
        return core;
    }
}

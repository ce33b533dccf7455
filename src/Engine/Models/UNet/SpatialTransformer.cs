using Farm.Engine.Models.Layers;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>Attention over the cells of a feature map: normalised, projected, a stack of transformer blocks, projected back, added.</summary>
internal sealed class SpatialTransformer : IUNetPart
{
    private const double Eps = 1e-6;

    private readonly GroupNorm _norm;
    private readonly Linear _projIn;
    private readonly TransformerBlock[] _transformerBlocks;
    private readonly Linear _projOut;

    public SpatialTransformer(WeightScope weights, HeadRule heads)
    {
        _norm = weights.GroupNorm("norm", Eps);
        _projIn = weights.Linear("proj_in");
        _transformerBlocks = [.. weights.List("transformer_blocks").Select(block => new TransformerBlock(block, heads))];
        _projOut = weights.Linear("proj_out");
    }

    public Tensor Forward(Tensor x, UNetPass pass)
    {
        using var scope = NewDisposeScope();
        var tokens = _projIn.Take(_norm.Forward(x).flatten(2).transpose(1, 2));
        for (var i = 0; i < _transformerBlocks.Length; i++) _transformerBlocks[i].AddTo(tokens, pass.Context, pass.Place with { Transformer = i });
        var back = _projOut.Take(tokens).transpose(1, 2).reshape(x.shape);
        return back.add_(x).MoveToOuterDisposeScope();
    }
}

/// <summary>Self attention, cross attention and a gated feed-forward, each on a normalised copy and added to the tokens.</summary>
internal sealed class TransformerBlock(WeightScope weights, HeadRule heads)
{
    private readonly LayerNorm _norm1 = weights.LayerNorm("norm1");
    private readonly CrossAttention _attn1 = new(weights.At("attn1"), heads);
    private readonly LayerNorm _norm2 = weights.LayerNorm("norm2");
    private readonly CrossAttention _attn2 = new(weights.At("attn2"), heads);
    private readonly LayerNorm _norm3 = weights.LayerNorm("norm3");
    private readonly FeedForward _ff = new(weights.At("ff"));

    /// <summary>Adds the block's three terms to the tokens [B, N, C] in place.</summary>
    public void AddTo(Tensor tokens, Tensor context, UNetPlace place)
    {
        var patches = place.Inputs.Patches;
        using (var normed = _norm1.Forward(tokens)) Add(tokens, SelfAttention(place, patches)(normed, normed, normed));
        foreach (var patch in patches.AfterSelfAttention) Replace(tokens, patch(place, tokens));
        using (var normed = _norm2.Forward(tokens)) Add(tokens, UNetPatches.Wrap(patches.CrossAttention, place, _attn2.Forward)(normed, context, context));
        Add(tokens, _ff.Take(_norm3.Forward(tokens)));
    }

    private AttentionCore SelfAttention(UNetPlace place, UNetPatches patches)
    {
        var replace = patches.SelfAttentionReplacements.LastOrDefault(replacement => replacement.At(place)).Replace;
        AttentionCore core = replace is null ? _attn1.Forward : (q, k, v) => _attn1.Forward(q, k, v, (a, b, c, count) => replace(place, a, b, c, count));
        return UNetPatches.Wrap(patches.SelfAttention, place, core);
    }

    private static void Replace(Tensor tokens, Tensor changed)
    {
        if (ReferenceEquals(tokens, changed)) return;
        using (changed) tokens.copy_(changed);
    }

    private static void Add(Tensor tokens, Tensor term)
    {
        using (term) tokens.add_(term);
    }
}

/// <summary>Attention of tokens to a context, which may be themselves.</summary>
internal sealed class CrossAttention(WeightScope weights, HeadRule heads)
{
    private readonly Linear _toQ = weights.Linear("to_q");
    private readonly Linear _toK = weights.Linear("to_k");
    private readonly Linear _toV = weights.Linear("to_v");
    private readonly Linear _toOut0 = weights.Linear("to_out.0");

    public Tensor Forward(Tensor tokens, Tensor keys, Tensor values) => Forward(tokens, keys, values, (q, k, v, count) => Attention.Multihead(q, k, v, count));

    /// <summary>The same with something else between the projections.</summary>
    public Tensor Forward(Tensor tokens, Tensor keys, Tensor values, Func<Tensor, Tensor, Tensor, long, Tensor> attend)
    {
        using var q = _toQ.Forward(tokens);
        using var k = _toK.Forward(keys);
        using var v = _toV.Forward(values);
        return _toOut0.Take(attend(q, k, v, heads.HeadsFor(_toQ.Outputs)));
    }
}

/// <summary>GEGLU (arXiv 2002.05202): one projection gives values and gates, value·gelu(gate) is projected back.</summary>
internal sealed class FeedForward(WeightScope weights) : Layer
{
    private readonly Linear _net0Proj = weights.Linear("net.0.proj");
    private readonly Linear _net2 = weights.Linear("net.2");

    public override Tensor Forward(Tensor x)
    {
        using var both = _net0Proj.Forward(x);
        var width = _net0Proj.Outputs / 2;
        using var value = both.narrow(-1, 0, width);
        using var gate = both.narrow(-1, width, width);
        return _net2.Take(nn.functional.gelu(gate).mul_(value));
    }
}

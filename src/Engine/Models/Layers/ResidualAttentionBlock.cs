using static TorchSharp.torch;

namespace Farm.Engine.Models.Layers;

/// <summary>A transformer layer as OpenAI's CLIP code has it, with one projection for queries, keys and values: self attention and a QuickGELU feed-forward, each on a normalised copy and added.</summary>
internal sealed class ResidualAttentionBlock(WeightScope weights, long heads)
{
    private readonly LayerNorm _ln1 = weights.LayerNorm("ln_1");
    private readonly Tensor _inProjWeight = weights.Parameter("attn.in_proj_weight", 2);
    private readonly Tensor _inProjBias = weights.Parameter("attn.in_proj_bias", 1);
    private readonly Linear _outProj = weights.Linear("attn.out_proj");
    private readonly LayerNorm _ln2 = weights.LayerNorm("ln_2");
    private readonly Linear _cFc = weights.Linear("mlp.c_fc");
    private readonly Linear _cProj = weights.Linear("mlp.c_proj");

    /// <summary>Tokens [B, N, C] → a new tensor of the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var parts = nn.functional.linear(_ln1.Forward(x), _inProjWeight, _inProjBias).chunk(3, -1);
        var h = x + _outProj.Take(Attention.Multihead(parts[0], parts[1], parts[2], heads));
        var inner = _cFc.Take(_ln2.Forward(h));
        return (h + _cProj.Take((inner * 1.702).sigmoid_().mul_(inner))).MoveToOuterDisposeScope();
    }
}

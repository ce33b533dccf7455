using Farm.Engine.Models.Layers;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Clip;

/// <summary>Self attention and a feed-forward, each on a normalised copy and added: a layer of text and image towers.</summary>
internal sealed class ClipLayer(WeightScope weights, long heads, ClipActivation activation, bool causal, double eps = LayerNorm.Eps)
{
    private readonly LayerNorm _layerNorm1 = weights.LayerNorm("layer_norm1", eps);
    private readonly Linear _qProj = weights.Linear("self_attn.q_proj");
    private readonly Linear _kProj = weights.Linear("self_attn.k_proj");
    private readonly Linear _vProj = weights.Linear("self_attn.v_proj");
    private readonly Linear _outProj = weights.Linear("self_attn.out_proj");
    private readonly LayerNorm _layerNorm2 = weights.LayerNorm("layer_norm2", eps);
    private readonly Linear _fc1 = weights.Linear("mlp.fc1");
    private readonly Linear _fc2 = weights.Linear("mlp.fc2");

    /// <summary>Adds the layer's two terms to the states [B, T, width] in place.</summary>
    public void AddTo(Tensor states)
    {
        using var scope = NewDisposeScope();
        var normed = _layerNorm1.Forward(states);
        states.add_(_outProj.Take(Attention.Multihead(_qProj.Forward(normed), _kProj.Forward(normed), _vProj.Forward(normed), heads, causal)));
        states.add_(_fc2.Take(Activate(_fc1.Take(_layerNorm2.Forward(states)))));
    }

    private Tensor Activate(Tensor x) => activation switch
    {
        ClipActivation.QuickGelu => (x * 1.702).sigmoid_().mul_(x),
        ClipActivation.TanhGelu => 0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x.pow(3))).tanh()),
        _ => nn.functional.gelu(x),
    };
}

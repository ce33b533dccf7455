using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Style;

/// <summary>Turns an image tower's states into tokens that stand beside a text's.</summary>
internal interface IStyleNetwork : IDisposable
{
    /// <summary>States [B, n, width] → tokens [B, m, text width], the caller's.</summary>
    Tensor Forward(Tensor states);
}

/// <summary>Flux Redux: two linear layers with SiLU between.</summary>
internal sealed class ReduxModel(NetworkWeights weights) : IStyleNetwork
{
    private readonly Linear _reduxUp = new WeightScope(weights).Linear("redux_up");
    private readonly Linear _reduxDown = new WeightScope(weights).Linear("redux_down");

    public Tensor Forward(Tensor states) => _reduxDown.Take(_reduxUp.Forward(states).silu_());

    public void Dispose() => weights.Dispose();
}

/// <summary>The style adapter of T2I-Adapter (arXiv 2302.08453): learned queries read the states in a transformer and are projected to the text's width.</summary>
internal sealed class StyleAdapterModel : IStyleNetwork
{
    private readonly NetworkWeights _weights;
    private readonly Tensor _styleEmbedding;
    private readonly Tensor _proj;
    private readonly LayerNorm _lnPre;
    private readonly ResidualAttentionBlock[] _transformerLayers;
    private readonly LayerNorm _lnPost;

    /// <summary>Wires the network over weights, which it owns from here on.</summary>
    public StyleAdapterModel(NetworkWeights weights, long heads)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        _styleEmbedding = root.Parameter("style_embedding", 3);
        _proj = root.Parameter("proj", 2);
        _lnPre = root.LayerNorm("ln_pre");
        _transformerLayers = [.. root.List("transformer_layes").Select(layer => new ResidualAttentionBlock(layer, heads))];
        _lnPost = root.LayerNorm("ln_post");
    }

    public Tensor Forward(Tensor states)
    {
        using var scope = NewDisposeScope();
        var queries = _styleEmbedding.shape[1];
        var h = _lnPre.Forward(cat([states, _styleEmbedding.expand(states.shape[0], -1, -1)], 1));
        foreach (var layer in _transformerLayers) h = layer.Forward(h);
        var read = _lnPost.Forward(h.narrow(1, h.shape[1] - queries, queries));
        return nn.functional.linear(read, _proj.t().contiguous()).MoveToOuterDisposeScope();
    }

    public void Dispose() => _weights.Dispose();
}

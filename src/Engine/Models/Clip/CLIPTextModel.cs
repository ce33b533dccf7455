using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Clip;

/// <summary>The activation in a CLIP encoder's feed-forward.</summary>
internal enum ClipActivation
{
    /// <summary>x·sigmoid(1.702·x), OpenAI's CLIP ViT-L.</summary>
    QuickGelu,

    /// <summary>Exact GELU, OpenCLIP's encoders.</summary>
    Gelu,

    /// <summary>GELU by tanh, SigLIP.</summary>
    TanhGelu,
}

/// <summary>CLIP's text transformer (arXiv 2103.00020): token and position vectors, causal pre-norm layers, a final norm.</summary>
internal sealed class CLIPTextModel : IDisposable
{
    private const int HeadWidth = 64;

    private readonly NetworkWeights _weights;
    private readonly Embedding _tokenEmbedding;
    private readonly Embedding _positionEmbedding;
    private readonly Block<ClipLayer>[] _layers;
    private readonly LayerNorm _finalLayerNorm;
    private readonly Linear? _textProjection;

    /// <summary>Wires the network over weights under transformers' keys, which it owns from here on.</summary>
    public CLIPTextModel(NetworkWeights weights, ClipActivation activation)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        _tokenEmbedding = root.Embedding("embeddings.token_embedding");
        _positionEmbedding = root.Embedding("embeddings.position_embedding");
        _layers = [.. root.List("encoder.layers").Select(layer => new Block<ClipLayer>(layer, loaded => new ClipLayer(loaded, _tokenEmbedding.Width / HeadWidth, activation, causal: true)))];
        _finalLayerNorm = root.LayerNorm("final_layer_norm");
        _textProjection = root.Has("text_projection") ? root.Linear("text_projection") : null;
    }

    /// <summary>Width of a token's state.</summary>
    public long Width => _tokenEmbedding.Width;

    /// <summary>Ids up to this are known, exclusive.</summary>
    public long Vocabulary => _tokenEmbedding.Count;

    /// <summary>Vectors of token ids, [B, T] int64 → [B, T, width], the caller's to change before <see cref="Forward"/>.</summary>
    public Tensor Embed(Tensor ids) => _tokenEmbedding.Forward(ids);

    /// <summary>Runs all layers.</summary>
    /// <param name="embedded">Token vectors [B, T, width], T at most the number of positions.</param>
    /// <param name="hiddenFromEnd">Which layer's output is wanted besides the last: 1 is the last itself, 2 the one before it, …; more than there are gives the last.</param>
    /// <returns>That layer's output, and the last one's after the final norm; both [B, T, width] and the caller's.</returns>
    public (Tensor Hidden, Tensor Last) Forward(Tensor embedded, int hiddenFromEnd)
    {
        using var scope = NewDisposeScope();
        var wanted = hiddenFromEnd > _layers.Length ? _layers.Length - 1 : _layers.Length - hiddenFromEnd;
        var h = embedded + _positionEmbedding.First(embedded.shape[1]);
        Tensor? hidden = null;
        for (var i = 0; i < _layers.Length; i++)
        {
            _layers[i].Run(layer => layer.AddTo(h));
            if (i == wanted) hidden = h.clone();
        }
        return (hidden!.MoveToOuterDisposeScope(), FinalNorm(h).MoveToOuterDisposeScope());
    }

    /// <summary>The norm that follows the last layer.</summary>
    public Tensor FinalNorm(Tensor states) => _finalLayerNorm.Forward(states);

    /// <summary>The projection of a text's summary [B, width] where the file has one, else the summary itself; a new tensor.</summary>
    public Tensor Project(Tensor summary) => _textProjection?.Forward(summary) ?? summary.alias();

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();
}

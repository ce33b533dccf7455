using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Vision;

/// <summary>CLIP's image tower (arXiv 2103.00020), and SigLIP's (2303.15343), which has no class token: patches and positions, pre-norm layers, a summary that is projected.</summary>
internal sealed class CLIPVisionModel : IDisposable
{
    private const int WideHeads = 16;
    private const int WideFrom = 1024;
    private const int HeadWidth = 64;
    private const int OpenAiWidth = 1024;
    private const double SigLipEps = 1e-6;

    private readonly NetworkWeights _weights;
    private readonly Conv2d _patchEmbedding;
    private readonly Tensor? _classEmbedding;
    private readonly Embedding _positionEmbedding;
    private readonly LayerNorm? _preLayerNorm;
    private readonly Block<ClipLayer>[] _layers;
    private readonly LayerNorm _postLayerNorm;
    private readonly Linear? _visualProjection;

    /// <summary>Wires the network over weights under transformers' keys without <c>vision_model.</c>, which it owns from here on.</summary>
    public CLIPVisionModel(NetworkWeights weights)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        var embeddings = root.At("embeddings");
        _classEmbedding = weights.Contains("embeddings.class_embedding") ? embeddings.Parameter("class_embedding", 1) : null;
        _positionEmbedding = embeddings.Embedding("position_embedding");
        var eps = _classEmbedding is null ? SigLipEps : LayerNorm.Eps;
        Patch = (int)embeddings.Parameter("patch_embedding.weight", 4).shape[2];
        _patchEmbedding = embeddings.Conv("patch_embedding", stride: Patch, padding: 0);
        _preLayerNorm = root.Has("pre_layrnorm") ? root.LayerNorm("pre_layrnorm") : null;
        var width = _patchEmbedding.Outputs;
        var heads = width >= WideFrom ? WideHeads : width / HeadWidth;
        var activation = _classEmbedding is null ? ClipActivation.TanhGelu : width <= OpenAiWidth ? ClipActivation.QuickGelu : ClipActivation.Gelu;
        _layers = [.. root.List("encoder.layers").Select(layer => new Block<ClipLayer>(layer, loaded => new ClipLayer(loaded, heads, activation, causal: false, eps)))];
        _postLayerNorm = root.LayerNorm("post_layernorm", eps);
        _visualProjection = root.Has("visual_projection") ? root.Linear("visual_projection") : null;
        if (_layers.Length < 2) throw new WeightsFormatException($"the image tower has {_layers.Length} layers; at least 2 make sense");
        Size = Patch * (int)Math.Round(Math.Sqrt(_positionEmbedding.Count - (_classEmbedding is null ? 0 : 1)));
    }

    /// <summary>Side of a patch in pixels.</summary>
    public int Patch { get; }

    /// <summary>Side of the images it takes.</summary>
    public int Size { get; }

    /// <summary>One pass; results are the caller's.</summary>
    /// <param name="pixels">Normalised [B, 3, Size, Size].</param>
    /// <returns>States of the last layer (SigLIP's normed), of the one before it, and the summary [B, width] (null without a class token).</returns>
    public (Tensor Last, Tensor Penultimate, Tensor? Summary) Forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var tokens = _patchEmbedding.Forward(pixels).flatten(2).transpose(1, 2);
        if (_classEmbedding is not null) tokens = cat([_classEmbedding.expand(tokens.shape[0], 1, -1), tokens], 1);
        var h = tokens + _positionEmbedding.First(tokens.shape[1]);
        h = _preLayerNorm?.Forward(h) ?? h;
        Tensor? penultimate = null;
        for (var i = 0; i < _layers.Length; i++)
        {
            if (i == _layers.Length - 1) penultimate = h.clone();
            _layers[i].Run(layer => layer.AddTo(h));
        }
        if (_classEmbedding is null) return (_postLayerNorm.Forward(h).MoveToOuterDisposeScope(), penultimate!.MoveToOuterDisposeScope(), null);
        var summary = _postLayerNorm.Forward(h.select(1, 0));
        summary = _visualProjection?.Forward(summary) ?? summary;
        return (h.MoveToOuterDisposeScope(), penultimate!.MoveToOuterDisposeScope(), summary.MoveToOuterDisposeScope());
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();
}

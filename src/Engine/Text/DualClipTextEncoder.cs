using Farm.Engine.Memory;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Text;

/// <summary>SDXL's text side (arXiv 2307.01952): the states of CLIP-L and OpenCLIP bigG side by side, the summary of the latter.</summary>
internal sealed record DualClipTextEncoder(ClipTextEncoder L, ClipTextEncoder G) : ITextEncoder
{
    public IReadOnlyList<NetworkPartView> Parts => [.. L.Parts, .. G.Parts];

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> Tokenize(string text) =>
        L.Tokenize(text).Concat(G.Tokenize(text)).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The text with fewer chunks is filled up with empty ones.</summary>
    public TextEncoding Encode(IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> tokens)
    {
        using var scope = NewDisposeScope();
        var (l, g) = (tokens[L.Tokenizer.Encoder], tokens[G.Tokenizer.Encoder]);
        var chunks = Math.Max(l.Count, g.Count);
        var left = L.Encode(Fill(l, chunks, L));
        var right = G.Encode(Fill(g, chunks, G));
        return new TextEncoding(cat([left.Cond, right.Cond], -1).MoveToOuterDisposeScope(), right.Pooled.MoveToOuterDisposeScope(), right.Summary.MoveToOuterDisposeScope());
    }

    public ITextEncoder WithLastLayer(int layer) => new DualClipTextEncoder(L.WithLastLayer(layer), G.WithLastLayer(layer));

    public ITextEncoder WithWeights(string encoder, IWeightPatch patch) =>
        encoder == L.Tokenizer.Encoder ? this with { L = L.WithWeights(patch) }
        : encoder == G.Tokenizer.Encoder ? this with { G = G.WithWeights(patch) }
        : this;

    private static IReadOnlyList<IReadOnlyList<TextToken>> Fill(IReadOnlyList<IReadOnlyList<TextToken>> chunks, int count, ClipTextEncoder encoder) =>
        [.. chunks, .. Enumerable.Range(0, count - chunks.Count).SelectMany(_ => encoder.EmptyChunks)];
}

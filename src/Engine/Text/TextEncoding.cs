using Farm.Engine.Memory;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Text;

/// <summary>What a text becomes for a diffusion network.</summary>
/// <param name="Cond">States of the tokens, fp32 [1, 77·chunks, width], on the CPU.</param>
/// <param name="Pooled">State of the first chunk's end mark, fp32 [1, width], on the CPU.</param>
/// <param name="Summary">The same before the encoder's projection, where it has one.</param>
public sealed record TextEncoding(Tensor Cond, Tensor Pooled, Tensor Summary) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Summary.Dispose();
        Cond.Dispose();
        Pooled.Dispose();
    }
}

/// <summary>A model's text side, whatever encoders stand behind it: what flows between nodes as CLIP. Immutable; several threads may use it.</summary>
public interface ITextEncoder
{
    /// <summary>The tokens of a text by encoder name (<c>l</c>, <c>g</c>), in chunks of 77.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> Tokenize(string text);

    /// <summary>Encodes tokens, those of each encoder under its name. The result is the caller's to dispose.</summary>
    TextEncoding Encode(IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> tokens);

    /// <summary>Encodes a text with ComfyUI's weighting syntax. The result is the caller's to dispose.</summary>
    TextEncoding Encode(string text)
    {
        using var scope = NewDisposeScope(); // for the vectors of embedding files, which tokens hold
        var encoding = Encode(Tokenize(text));
        return new TextEncoding(encoding.Cond.MoveToOuterDisposeScope(), encoding.Pooled.MoveToOuterDisposeScope(), encoding.Summary.MoveToOuterDisposeScope());
    }

    /// <summary>The encoders' weights, for those who fit patches to them.</summary>
    IReadOnlyList<NetworkPartView> Parts { get; }

    /// <summary>The same with one more change to the weights of one of its encoders.</summary>
    ITextEncoder WithWeights(string encoder, IWeightPatch patch);

    /// <summary>The same encoders, stopping at an earlier layer.</summary>
    /// <param name="layer">-1 is the last layer, -2 the one before it, down to -24; deeper than the encoder has gives the last.</param>
    ITextEncoder WithLastLayer(int layer);
}

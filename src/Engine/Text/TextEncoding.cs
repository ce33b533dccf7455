using static TorchSharp.torch;

namespace Farm.Engine.Text;

/// <summary>What a text becomes for a diffusion network.</summary>
/// <param name="Cond">States of the tokens, fp32 [1, 77·chunks, width], on the CPU.</param>
/// <param name="Pooled">State of the first chunk's end mark, fp32 [1, width], on the CPU.</param>
public sealed record TextEncoding(Tensor Cond, Tensor Pooled) : IDisposable
{
    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Cond.Dispose();
        Pooled.Dispose();
    }
}

/// <summary>A model's text side, whatever encoders stand behind it: what flows between nodes as CLIP. Immutable; several threads may use it.</summary>
public interface ITextEncoder
{
    /// <summary>The tokens of a text by encoder name (<c>l</c>, <c>g</c>), in chunks of 77.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> Tokenize(string text);

    /// <summary>Encodes a text with ComfyUI's weighting syntax. The result is the caller's to dispose.</summary>
    TextEncoding Encode(string text);

    /// <summary>The same encoders, stopping at an earlier layer.</summary>
    /// <param name="layer">-1 is the last layer, -2 the one before it, down to -24; deeper than the encoder has gives the last.</param>
    ITextEncoder WithLastLayer(int layer);
}

using Farm.Engine.Memory;
using Farm.Engine.Models.Clip;

namespace Farm.Engine.Text;

/// <summary>A text side of one CLIP encoder, as SD1.x has it.</summary>
/// <param name="Slot">The encoder.</param>
/// <param name="Tokenizer">Its chunks.</param>
/// <param name="HiddenFromEnd">Layer whose states are given; 1 is the last.</param>
/// <param name="NormHidden">Whether the final norm follows an earlier layer too.</param>
internal sealed record ClipTextEncoder(ModelSlot<CLIPTextModel> Slot, ClipTextTokenizer Tokenizer, int HiddenFromEnd = 1, bool NormHidden = true) : ITextEncoder
{
    private const int DeepestLayer = -24;

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> Tokenize(string text) =>
        new Dictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>>(StringComparer.Ordinal) { [Tokenizer.Encoder] = Tokenizer.Tokenize(text) };

    public TextEncoding Encode(string text)
    {
        using var scope = TorchSharp.torch.NewDisposeScope(); // for the vectors of embedding files, which tokens hold
        var chunks = Tokenizer.Tokenize(text);
        var encoding = Slot.Run(model => ClipEncoding.Encode(model, Slot.Memory.Device, chunks, Tokenizer.EmptyChunk(), HiddenFromEnd, NormHidden));
        return new TextEncoding(encoding.Cond.MoveToOuterDisposeScope(), encoding.Pooled.MoveToOuterDisposeScope());
    }

    public ITextEncoder WithLastLayer(int layer)
    {
        if (layer is < DeepestLayer or > -1) throw new ArgumentOutOfRangeException(nameof(layer), layer, $"the last layer must be {DeepestLayer} to -1");
        return this with { HiddenFromEnd = -layer };
    }
}

using Farm.Engine.Memory;
using Farm.Engine.Models.Clip;
using Farm.Engine.Weights;

namespace Farm.Engine.Text;

/// <summary>One CLIP encoder with its chunks and how its states are taken.</summary>
/// <param name="Part">The encoder's weights.</param>
/// <param name="Tokenizer">Its chunks.</param>
/// <param name="HiddenFromEnd">Layer whose states are given; 1 is the last.</param>
/// <param name="NormHidden">Whether the final norm follows an earlier layer too.</param>
internal sealed record ClipTextEncoder(NetworkPart<CLIPTextModel> Part, ClipTextTokenizer Tokenizer, int HiddenFromEnd = 1, bool NormHidden = true) : ITextEncoder
{
    private const int DeepestLayer = -24;

    public IReadOnlyList<NetworkPartView> Parts => [new NetworkPartView(Tokenizer.Encoder, Part.Stored, Part.Patches)];

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> Tokenize(string text) =>
        new Dictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>>(StringComparer.Ordinal) { [Tokenizer.Encoder] = Tokenizer.Tokenize(text) };

    public IReadOnlyList<IReadOnlyList<TextToken>> EmptyChunks => [Tokenizer.EmptyChunk()];

    public TextEncoding Encode(IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> tokens) => Encode(tokens[Tokenizer.Encoder]);

    public TextEncoding Encode(IReadOnlyList<IReadOnlyList<TextToken>> chunks)
    {
        var slot = Part.Slot;
        return slot.Run(model => ClipEncoding.Encode(model, slot.Memory.Device, chunks, Tokenizer.EmptyChunk(), HiddenFromEnd, NormHidden));
    }

    ITextEncoder ITextEncoder.WithLastLayer(int layer) => WithLastLayer(layer);

    ITextEncoder ITextEncoder.WithWeights(string encoder, IWeightPatch patch) => encoder == Tokenizer.Encoder ? WithWeights(patch) : this;

    public ClipTextEncoder WithLastLayer(int layer)
    {
        if (layer is < DeepestLayer or > -1) throw new ArgumentOutOfRangeException(nameof(layer), layer, $"the last layer must be {DeepestLayer} to -1");
        return this with { HiddenFromEnd = -layer };
    }

    public ClipTextEncoder WithWeights(IWeightPatch patch) => this with { Part = Part.With(patch) };
}

using System.Collections.Immutable;
using Farm.Engine.Hooks;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Encodes a text.</summary>
internal sealed class CLIPTextEncode : TensorNode, ISharedNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPTextEncode", "CLIP Text Encode (Prompt)").In("conditioning").Module("nodes")
        .String("text", multiline: true, dynamicPrompts: true, options: o => o.Tooltip("The text to encode; (words:1.2) weighs them."))
        .Input("clip", "CLIP", options: o => o.Tooltip("The text side that encodes."))
        .Output("CONDITIONING");

    /// <inheritdoc />
    public IEnumerable<ModelFile> FilesOf(NodeCall call) => EmbeddingFiles.Named(call.Get("text", ""));

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(Encoded(Clip(call), clip => clip.Encode(call.Get<string>("text"))));

    /// <summary>The call's text side.</summary>
    internal static ITextEncoder Clip(NodeCall call) => Clip(call.Value("clip"));

    /// <summary>A value as a text side.</summary>
    internal static ITextEncoder Clip(object? value) => value as ITextEncoder
        ?? throw NodeFailedException.RuntimeError("ERROR: clip input is invalid: None\n\nThe checkpoint that it comes from has no text encoder.");

    /// <summary>What a text side makes of a text, for each part of the way where hooks make it another; marked with the hooks that it carries.</summary>
    internal static Conditioning Encoded(ITextEncoder clip, Func<ITextEncoder, TextEncoding> encode)
    {
        if (clip is not HookedTextEncoder hooked) return Encoded(encode(clip));
        var stretches = hooked.Stretches().ToArray();
        var items = stretches.SelectMany(stretch => Encoded(encode(stretch.Encoder)).Items.Select(item =>
            stretches.Length == 1 ? item : item.With(("start_percent", stretch.Start), ("end_percent", stretch.End))));
        var conditioning = new Conditioning([.. items]);
        return hooked.MarksConditionings ? ConditioningProperties.With(conditioning, new HookGroup([.. hooked.Hooks])) : conditioning;
    }

    /// <summary>An encoding as nodes pass it around.</summary>
    internal static Conditioning Encoded(TextEncoding encoding) =>
        new([new ConditioningItem(encoding.Cond, ImmutableDictionary<string, object?>.Empty.Add(ConditioningItem.Pooled, encoding.Pooled))]);
}

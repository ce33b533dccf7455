using System.Collections.Immutable;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Encodes a text.</summary>
internal sealed class CLIPTextEncode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPTextEncode", "CLIP Text Encode (Prompt)").In("conditioning").Module("nodes")
        .String("text", multiline: true, dynamicPrompts: true, options: o => o.Tooltip("The text to encode; (words:1.2) weighs them."))
        .Input("clip", "CLIP", options: o => o.Tooltip("The text side that encodes."))
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call)
    {
        if (call.Value("clip") is not ITextEncoder clip)
            throw NodeFailedException.RuntimeError("ERROR: clip input is invalid: None\n\nThe checkpoint that it comes from has no text encoder.");
        var encoding = clip.Encode(call.Get<string>("text"));
        var options = ImmutableDictionary<string, object?>.Empty.Add(ConditioningItem.Pooled, encoding.Pooled);
        return NodeResult.Of(new Conditioning([new ConditioningItem(encoding.Cond, options)]));
    }
}

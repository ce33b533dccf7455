using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Gives a conditioning a text that its control network reads in place of its own.</summary>
internal sealed class CLIPTextEncodeControlnet : TensorNode, ISharedNode
{
    /// <summary>The option that holds the text states.</summary>
    internal const string Context = "cross_attn_controlnet";

    private const string Pooled = "pooled_output_controlnet";

    protected override void Define(NodeBuilder node) => node
        .Named("CLIPTextEncodeControlnet").In("_for_testing/conditioning").Module("comfy_extras.nodes_cond")
        .Experimental()
        .Input("clip", "CLIP")
        .Input("conditioning", "CONDITIONING")
        .String("text", multiline: true, dynamicPrompts: true)
        .Output("CONDITIONING");

    /// <inheritdoc />
    public IEnumerable<ModelFile> FilesOf(NodeCall call) => EmbeddingFiles.Named(call.Get("text", ""));

    protected override NodeResult Compute(NodeCall call)
    {
        var text = CLIPTextEncode.Clip(call).Encode(call.Get<string>("text"));
        return NodeResult.Of(call.Get<Conditioning>("conditioning").With((Context, text.Cond), (Pooled, text.Pooled)));
    }
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Encodes a text for SDXL's refiner with its sizes and aesthetic score.</summary>
internal sealed class CLIPTextEncodeSDXLRefiner : TensorNode, ISharedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("CLIPTextEncodeSDXLRefiner").In("advanced/conditioning").Module("comfy_extras.nodes_clip_sdxl")
        .Float("ascore", 6.0, 0.0, 1000.0, 0.01)
        .Int("width", 1024, 0, 16384)
        .Int("height", 1024, 0, 16384)
        .String("text", multiline: true, dynamicPrompts: true)
        .Input("clip", "CLIP")
        .Output("CONDITIONING");

    /// <inheritdoc />
    public IEnumerable<ModelFile> FilesOf(NodeCall call) => EmbeddingFiles.Named(call.Get("text", ""));

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(CLIPTextEncode.Encoded(CLIPTextEncode.Clip(call), clip => clip.Encode(call.Get<string>("text"))).With(
            ("aesthetic_score", call.Get<double>("ascore")), ("width", call.Get<long>("width")), ("height", call.Get<long>("height"))));
}

using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Encodes texts for SDXL with the sizes that its network is told.</summary>
internal sealed class CLIPTextEncodeSDXL : TensorNode, ISharedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("CLIPTextEncodeSDXL").In("advanced/conditioning").Module("comfy_extras.nodes_clip_sdxl")
        .Input("clip", "CLIP")
        .Int("width", 1024, 0, 16384)
        .Int("height", 1024, 0, 16384)
        .Int("crop_w", 0, 0, 16384, options: o => o.Advanced())
        .Int("crop_h", 0, 0, 16384, options: o => o.Advanced())
        .Int("target_width", 1024, 0, 16384)
        .Int("target_height", 1024, 0, 16384)
        .String("text_g", multiline: true, dynamicPrompts: true)
        .String("text_l", multiline: true, dynamicPrompts: true)
        .Output("CONDITIONING");

    /// <inheritdoc />
    public IEnumerable<ModelFile> FilesOf(NodeCall call) =>
        EmbeddingFiles.Named(call.Get("text_g", "")).Concat(EmbeddingFiles.Named(call.Get("text_l", "")));

    protected override NodeResult Compute(NodeCall call)
    {
        var clip = CLIPTextEncode.Clip(call);
        var tokens = new Dictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>>(clip.Tokenize(call.Get<string>("text_g")), StringComparer.Ordinal);
        if (clip.Tokenize(call.Get<string>("text_l")).TryGetValue("l", out var left)) tokens["l"] = left;
        return NodeResult.Of(CLIPTextEncode.Encoded(clip, encoder => encoder.Encode(tokens)).With(
            ("width", call.Get<long>("width")),
            ("height", call.Get<long>("height")),
            ("crop_w", call.Get<long>("crop_w")),
            ("crop_h", call.Get<long>("crop_h")),
            ("target_width", call.Get<long>("target_width")),
            ("target_height", call.Get<long>("target_height"))));
    }
}

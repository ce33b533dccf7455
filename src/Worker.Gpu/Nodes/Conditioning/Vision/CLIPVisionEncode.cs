using Farm.Engine.Models.Vision;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Encodes images.</summary>
internal sealed class CLIPVisionEncode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPVisionEncode", "CLIP Vision Encode").In("conditioning").Module("nodes")
        .Input("clip_vision", "CLIP_VISION")
        .Input("image", "IMAGE")
        .Combo("crop", ["center", "none"])
        .Output("CLIP_VISION_OUTPUT");

    protected override NodeResult Compute(NodeCall call)
    {
        var encoding = call.Get<ClipVision>("clip_vision").Encode(call.Get<Tensor>("image"), call.Get<string>("crop") == "center");
        return NodeResult.Of(new VisionOutput(encoding));
    }
}

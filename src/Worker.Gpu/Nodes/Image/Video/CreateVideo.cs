using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Frames and a sound as a video.</summary>
internal sealed class CreateVideo : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("CreateVideo", "Create Video").In("image/video").Module("comfy_extras.nodes_video")
        .Input("images", "IMAGE")
        .Float("fps", 30.0, 1.0, 120.0, 1.0)
        .OptionalInputs()
        .Input("audio", "AUDIO")
        .Output("VIDEO");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new Video(call.Get<Tensor>("images"), call.GetOptional<Audio>("audio"), FrameRate.Of(call.Get<double>("fps"))));
}

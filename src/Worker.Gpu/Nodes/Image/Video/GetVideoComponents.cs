using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Frames, sound and rate of a video.</summary>
internal sealed class GetVideoComponents : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("GetVideoComponents", "Get Video Components").In("image/video").Module("comfy_extras.nodes_video")
        .Input("video", "VIDEO")
        .Output("IMAGE", "images")
        .Output("AUDIO", "audio")
        .Output("FLOAT", "fps");

    protected override NodeResult? Run(NodeCall call)
    {
        var video = call.Get<Video>("video");
        return NodeResult.Of(video.Images, video.Sound, video.Rate.Value);
    }
}

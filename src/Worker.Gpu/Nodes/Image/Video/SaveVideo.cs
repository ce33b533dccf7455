using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes a video as a numbered MP4 with H.264 and AAC.</summary>
internal sealed class SaveVideo : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveVideo", "Save Video").In("image/video").Module("comfy_extras.nodes_video")
        .OutputNode().More("essentials_category", "Basics")
        .Input("video", "VIDEO")
        .String("filename_prefix", "video/ComfyUI")
        .Combo("format", ["auto", "mp4"], "auto")
        .Combo("codec", ["auto", "h264"], "auto")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call)
    {
        var video = call.Get<Video>("video");
        if (video.Images.shape[1] % 2 != 0 || video.Images.shape[2] % 2 != 0)
            throw NodeFailedException.ValueError($"video: H.264 takes even sides, not {video.Images.shape[2]}x{video.Images.shape[1]}");
        return VideoFiles.Save(
            call, video.Images, video.Sound, video.Rate.Value, ".mp4",
            "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "use_metadata_tags", "-f", "mp4");
    }
}

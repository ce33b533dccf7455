using System.Globalization;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Writes images as a numbered WebM with VP9 or AV1.</summary>
internal sealed class SaveWEBM : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveWEBM").In("image/video").Module("comfy_extras.nodes_video")
        .OutputNode().Experimental()
        .Input("images", "IMAGE")
        .String("filename_prefix", "ComfyUI")
        .Combo("codec", ["vp9", "av1"])
        .Float("fps", 24.0, 0.01, 1000.0, 0.01)
        .Float("crf", 32.0, options: o => o.Set("min", 0).Set("max", 63.0).Set("step", 1))
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call)
    {
        var crf = ((long)call.Get<double>("crf")).ToString(CultureInfo.InvariantCulture);
        string[] codec = call.Get<string>("codec") == "av1" ? ["-c:v", "libsvtav1", "-pix_fmt", "yuv420p10le"] : ["-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-b:v", "0"];
        return VideoFiles.Save(call, call.Get<Tensor>("images"), sound: null, call.Get<double>("fps"), ".webm", [.. codec, "-crf", crf, "-f", "webm"]);
    }
}

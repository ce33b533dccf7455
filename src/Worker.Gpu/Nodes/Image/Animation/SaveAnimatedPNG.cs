using Farm.Nodes;
using Farm.Worker.Imaging.Png;

namespace Farm.Worker.Nodes;

/// <summary>Writes images as an animated PNG that carries the prompt and the workflow.</summary>
internal sealed class SaveAnimatedPNG : TensorNode
{
    private const int LastLevel = 9;

    protected override void Define(NodeBuilder node) => node
        .Named("SaveAnimatedPNG").In("image/animation").Module("comfy_extras.nodes_images")
        .OutputNode()
        .Input("images", "IMAGE")
        .String("filename_prefix", "ComfyUI")
        .Float("fps", 6.0, 0.01, 1000.0, 0.01)
        .Int("compress_level", 4, 0, 9, options: o => o.Advanced())
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var frames = Animations.Frames(call);
        var milliseconds = Animations.Milliseconds(call);
        var level = (int)Math.Clamp(call.Get("compress_level", (long)ImageFiles.OutputLevel), 0, LastLevel);
        return Animations.Save(call, frames, ".png", file => ApngWriter.Write(file, frames, milliseconds, level, ImageFiles.Metadata(call)));
    }
}

using Farm.Nodes;
using Farm.Worker.Imaging.Webp;

namespace Farm.Worker.Nodes;

/// <summary>Writes images as an animated WebP that carries the prompt and the workflow.</summary>
internal sealed class SaveAnimatedWEBP : TensorNode
{
    private const ushort PromptTag = 0x0110;
    private const int LongestSide = 16384;

    protected override void Define(NodeBuilder node) => node
        .Named("SaveAnimatedWEBP").In("image/animation").Module("comfy_extras.nodes_images")
        .OutputNode()
        .Input("images", "IMAGE")
        .String("filename_prefix", "ComfyUI")
        .Float("fps", 6.0, 0.01, 1000.0, 0.01)
        .Boolean("lossless", true)
        .Int("quality", 80, 0, 100)
        .Combo("method", ["default", "fastest", "slowest"])
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var frames = Animations.Frames(call);
        if (frames[0].Width > LongestSide || frames[0].Height > LongestSide)
            throw NodeFailedException.ValueError($"images: {frames[0].Width}x{frames[0].Height} is more than WebP's {LongestSide} pixels a side");
        var milliseconds = Animations.Milliseconds(call);
        var exif = ExifWriter.Write(Entries(ImageFiles.Metadata(call)));
        return Animations.Save(call, frames, ".webp", file => WebpWriter.Write(file, frames, milliseconds, Compression(call), exif));
    }

    // The codec library has no method of its own: where nothing is lost, the effort it does have stands in for it.
    private static WebpCompression Compression(NodeCall call)
    {
        var quality = Math.Clamp(call.Get<long>("quality"), 0, 100);
        if (!call.Get<bool>("lossless")) return new WebpCompression(Lossless: false, quality);
        return new WebpCompression(Lossless: true, call.Get<string>("method") switch { "fastest" => 0, "slowest" => 100, _ => quality });
    }

    /// <summary>The prompt under the tag of the camera's model, the others from the tag below downwards.</summary>
    private static IEnumerable<KeyValuePair<ushort, string>> Entries(IReadOnlyList<KeyValuePair<string, string>> texts)
    {
        var tag = PromptTag;
        foreach (var (key, text) in texts)
            yield return new(key == "prompt" ? PromptTag : --tag, $"{key}:{text}");
    }
}

using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What the nodes that save animations share.</summary>
internal static class Animations
{
    /// <summary>The frames of the input <c>images</c>.</summary>
    /// <exception cref="NodeFailedException">IndexError when there are none.</exception>
    public static IReadOnlyList<PixelBuffer> Frames(NodeCall call)
    {
        var images = call.Get<Tensor>("images");
        if (images.shape[0] == 0) throw NodeFailedException.IndexError("images: there are none");
        return [.. Batches.Range(0, images.shape[0]).Select(i => TensorImages.ToPixels(images[i]))];
    }

    /// <summary>How long a frame shows, in whole milliseconds.</summary>
    /// <exception cref="NodeFailedException">ValueError when fps is not more than 0.</exception>
    public static long Milliseconds(NodeCall call)
    {
        var fps = call.Get<double>("fps");
        return fps > 0 ? (long)Math.Min(1000 / fps, int.MaxValue) : throw NodeFailedException.ValueError($"fps: {fps} is not more than 0");
    }

    /// <summary>Writes the file and shows it; several frames are marked as animated.</summary>
    public static NodeResult Save(NodeCall call, IReadOnlyList<PixelBuffer> frames, string extension, Action<Stream> write)
    {
        var name = OutputName.Parse(call.Get("filename_prefix", "ComfyUI"), frames[0].Width, frames[0].Height, call.Service<TimeProvider>());
        var file = call.Context.Files.WriteNext(NodeFolder.Output, name.Subfolder, name.Prefix, extension, write);
        var ui = new UiOutput().AddImages(file);
        return NodeResult.WithUi(frames.Count > 1 ? ui.Add("animated", true) : ui);
    }
}

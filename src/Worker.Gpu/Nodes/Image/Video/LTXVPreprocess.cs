using System.Globalization;
using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// Images with the marks that H.264 leaves, since LTXV was trained on frames of videos (LTX-Video's inference does the same to what it
/// starts from). Sides become even; a compression of 0 leaves an image as it is.
/// </summary>
internal sealed class LTXVPreprocess : TensorNode
{
    private const int Channels = 3, HighestFactor = 51;

    protected override void Define(NodeBuilder node) => node
        .Named("LTXVPreprocess").In("image").Module("comfy_extras.nodes_lt")
        .Input("image", "IMAGE")
        .Int("img_compression", 35, 0, 100)
        .Output("IMAGE", "output_image");

    protected override NodeResult Compute(NodeCall call)
    {
        var (images, compression) = (call.Get<Tensor>("image"), call.Get<long>("img_compression"));
        if (compression == 0 || images.shape[0] == 0) return NodeResult.Of(images.clone());
        var (height, width) = (images.shape[1] / 2 * 2, images.shape[2] / 2 * 2);
        if (height == 0 || width == 0) throw NodeFailedException.ValueError("image: it is less than two pixels wide or high");
        var even = images.narrow(1, 0, height).narrow(2, 0, width).narrow(3, 0, Channels);
        var factor = Math.Clamp(compression, 0, HighestFactor).ToString(CultureInfo.InvariantCulture);
        return NodeResult.Of(cat([.. Batches.Range(0, even.shape[0]).Select(i => Compress(call, even[i], factor))]));
    }

    private static Tensor Compress(NodeCall call, Tensor image, string factor)
    {
        var size = $"{image.shape[1]}x{image.shape[0]}";
        using var bytes = TensorImages.ToBytes(image);
        var coded = Ffmpeg.For(call).Run(
            pipe => pipe.Write(bytes.bytes),
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-i", "pipe:0", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", factor, "-f", "h264", "pipe:1");
        var pixels = Ffmpeg.For(call).Run(pipe => pipe.Write(coded), "-f", "h264", "-i", "pipe:0", "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1");
        return TensorImages.FromPixels(new PixelBuffer((int)image.shape[1], (int)image.shape[0], Channels, pixels));
    }
}

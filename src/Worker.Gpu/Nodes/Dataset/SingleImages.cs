using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Single images as 8-bit samples, which most data set nodes work on.</summary>
internal static class SingleImages
{
    /// <summary>The image of the input <c>images</c>.</summary>
    /// <exception cref="NodeFailedException">It is a batch.</exception>
    public static PixelBuffer Pixels(NodeCall call)
    {
        var images = call.Get<Tensor>("images");
        if (images.shape[0] != 1) throw NodeFailedException.TypeError($"images: one image is expected, not a batch of {images.shape[0]}");
        return TensorImages.ToPixels(images[0]);
    }

    /// <summary>A window of it.</summary>
    public static Tensor Crop(PixelBuffer image, long left, long top, long right, long bottom) =>
        TensorImages.FromPixels(image).narrow(1, top, bottom - top).narrow(2, left, right - left).contiguous();

    /// <summary>It in another size, by Lanczos.</summary>
    public static Tensor Resize(PixelBuffer image, long width, long height)
    {
        if (width < 1 || height < 1) throw NodeFailedException.ValueError("height and width must be > 0");
        TensorMemory.Require(1, height, width, image.Channels);
        return TensorImages.FromPixels(Lanczos.Resize(image, (int)width, (int)height));
    }
}

using static TorchSharp.torch;

namespace Farm.Worker.Imaging;

/// <summary>Between IMAGE tensors (fp32 [B, H, W, C], 0…1) and 8-bit images.</summary>
internal static class TensorImages
{
    /// <summary>One frame as 8-bit samples: value × 255, cut to 0…255, the fraction dropped.</summary>
    /// <param name="frame">fp32 [H, W, C] with 1, 3 or 4 channels, or [H, W].</param>
    public static PixelBuffer ToPixels(Tensor frame)
    {
        if (frame.dim() is not (2 or 3)) throw new ArgumentException($"A frame has two or three dimensions, not {frame.dim()}.", nameof(frame));
        var channels = frame.dim() == 2 ? 1 : (int)frame.shape[2];
        if (channels is not (1 or 3 or 4)) throw new ArgumentException($"An image has 1, 3 or 4 channels, not {channels}.", nameof(frame));
        using var bytes = ToBytes(frame);
        return new PixelBuffer((int)frame.shape[1], (int)frame.shape[0], channels, bytes.bytes.ToArray());
    }

    /// <summary>Values × 255, cut to 0…255, the fraction dropped, as a contiguous uint8 tensor on the CPU.</summary>
    public static Tensor ToBytes(Tensor values)
    {
        using var scope = NewDisposeScope();
        return (values * 255).clamp_(0, 255).to(ScalarType.Byte).cpu().contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>An image as fp32 [1, H, W, C], samples divided by 255.</summary>
    public static Tensor FromPixels(PixelBuffer image)
    {
        using var bytes = frombuffer(image.Data, ScalarType.Byte);
        return bytes.to(ScalarType.Float32).div_(255).view(1, image.Height, image.Width, image.Channels);
    }
}

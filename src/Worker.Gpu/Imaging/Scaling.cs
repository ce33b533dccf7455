using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Farm.Worker.Imaging;

/// <summary>
/// Resizing of images, masks and latents by ComfyUI's method names. Nothing cuts what a bicubic or bislerp curve overshoots;
/// Lanczos works on 8 bits.
/// </summary>
internal static class Scaling
{
    /// <summary>Resizes to a size, first trimming to its aspect ratio around the centre where <paramref name="cropCentre"/> says so.</summary>
    /// <param name="values">fp32 [B, C, H, W] or, for video, [B, C, T, H, W].</param>
    /// <param name="width">New width.</param>
    /// <param name="height">New height.</param>
    /// <param name="method"><c>nearest-exact</c>, <c>bilinear</c>, <c>area</c>, <c>bicubic</c>, <c>lanczos</c> or <c>bislerp</c>.</param>
    /// <param name="cropCentre">Trim instead of stretching.</param>
    /// <returns>A new tensor of the same rank. A single channel by Lanczos comes out with its sides swapped, as ComfyUI gives it.</returns>
    public static Tensor Resize(Tensor values, long width, long height, string method, bool cropCentre = false)
    {
        using var scope = NewDisposeScope();
        var frames = values.dim() == 5 ? FoldTime(values) : values;
        if (cropCentre) frames = TrimToAspect(frames, width, height);
        var resized = method switch
        {
            "bislerp" => Bislerp.Resize(frames, width, height),
            "lanczos" => ByLanczos(frames, (int)width, (int)height),
            _ => interpolate(frames, [height, width], mode: Mode(method), align_corners: method == "area" ? null : false),
        };
        if (values.dim() == 5) resized = UnfoldTime(resized, values.shape[0]);
        return (ReferenceEquals(resized, values) ? resized.alias() : resized).MoveToOuterDisposeScope();
    }

    /// <summary>Resizes images fp32 [B, H, W, C].</summary>
    public static Tensor ResizeImages(Tensor images, long width, long height, string method, bool cropCentre = false)
    {
        using var scope = NewDisposeScope();
        return Resize(images.movedim([-1], [1]), width, height, method, cropCentre).movedim([1], [-1]).MoveToOuterDisposeScope();
    }

    /// <summary>The window of the wanted aspect ratio around the centre; the same count is taken off both sides.</summary>
    private static Tensor TrimToAspect(Tensor frames, long width, long height)
    {
        long w = frames.shape[^1], h = frames.shape[^2];
        double old = (double)w / h, wanted = (double)width / height;
        long x = 0, y = 0;
        if (old > wanted) x = (long)Math.Round((w - w * (wanted / old)) / 2, MidpointRounding.ToEven);
        else if (old < wanted) y = (long)Math.Round((h - h * (old / wanted)) / 2, MidpointRounding.ToEven);
        return frames.narrow(-2, y, h - 2 * y).narrow(-1, x, w - 2 * x);
    }

    private static InterpolationMode Mode(string method) => method switch
    {
        "nearest-exact" => InterpolationMode.NearestExact,
        "bilinear" => InterpolationMode.Bilinear,
        "bicubic" => InterpolationMode.Bicubic,
        "area" => InterpolationMode.Area,
        _ => throw new ArgumentException($"'{method}' is no way of resizing: nearest-exact, bilinear, area, bicubic, lanczos, bislerp are.", nameof(method)),
    };

    private static Tensor ByLanczos(Tensor frames, int width, int height)
    {
        var images = frames.shape[1] == 1 ? frames.squeeze(1) : frames.movedim([1], [-1]);
        var resized = new Tensor[images.shape[0]];
        for (var i = 0; i < resized.Length; i++)
            resized[i] = TensorImages.FromPixels(Lanczos.Resize(TensorImages.ToPixels(images[i]), width, height));
        var all = cat(resized);
        return frames.shape[1] == 1 ? all.permute(0, 3, 2, 1) : all.movedim([-1], [1]);
    }

    private static Tensor FoldTime(Tensor video) => video.movedim([2], [1]).reshape(-1, video.shape[1], video.shape[3], video.shape[4]);

    private static Tensor UnfoldTime(Tensor frames, long batch) =>
        frames.reshape(batch, -1, frames.shape[1], frames.shape[2], frames.shape[3]).movedim([1], [2]);
}

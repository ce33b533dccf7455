using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The Gaussian kernel of blurring and sharpening, whose sigma counts in units of half its window.</summary>
internal static class Gaussian
{
    /// <summary>A window of (2r+1)² weights that sum to 1.</summary>
    public static Tensor Kernel(long radius, double sigma)
    {
        var line = linspace(-1, 1, 2 * radius + 1);
        var squares = line.square();
        var weights = (-(squares.unsqueeze(0) + squares.unsqueeze(1)) / (2 * sigma * sigma)).exp();
        return weights / weights.sum();
    }

    /// <summary>Turns a blur into a sharpening of strength <paramref name="alpha"/>: the window still sums to 1.</summary>
    public static Tensor Sharpening(Tensor kernel, double alpha)
    {
        var sharpening = kernel * (alpha * -10);
        var centre = kernel.shape[0] / 2;
        sharpening[centre, centre] += 1 - sharpening.sum();
        return sharpening;
    }

    /// <summary>Convolves images fp32 [B, H, W, C], channel by channel, mirrored at the borders.</summary>
    /// <param name="images">The images.</param>
    /// <param name="kernel">A square window of odd side.</param>
    /// <param name="input">The input that sets the radius, for the message when it is too large.</param>
    public static Tensor Apply(Tensor images, Tensor kernel, string input) =>
        ApplyPlanes(images.movedim([-1], [1]), kernel, input).movedim([1], [-1]);

    /// <summary>The same on fp32 [B, C, H, W].</summary>
    public static Tensor ApplyPlanes(Tensor planes, Tensor kernel, string input)
    {
        var radius = kernel.shape[0] / 2;
        if (radius >= planes.shape[2] || radius >= planes.shape[3])
            throw NodeFailedException.RuntimeError($"{input} is {radius}: it must be less than each side of the {planes.shape[3]}x{planes.shape[2]} image");
        var channels = planes.shape[1];
        var padded = nn.functional.pad(planes, [radius, radius, radius, radius], TorchSharp.PaddingModes.Reflect);
        return nn.functional.conv2d(padded, kernel.expand(channels, 1, kernel.shape[0], kernel.shape[1]).contiguous(), groups: channels);
    }
}

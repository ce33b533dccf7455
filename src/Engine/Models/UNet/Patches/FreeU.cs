using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>FreeU (arXiv 2309.11497): on the way up, the first half of the stream is amplified and the low frequencies of the skip are damped.</summary>
public static class FreeU
{
    /// <summary>Amplification and damping at a width of channels.</summary>
    /// <param name="Backbone">Factor on the stream.</param>
    /// <param name="Skip">Factor on the skip's low frequencies.</param>
    public readonly record struct Factors(float Backbone, float Skip);

    /// <summary>The model with the patch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wide">Where the stream is four times the first level's channels.</param>
    /// <param name="narrow">Where it is twice them.</param>
    /// <param name="second">The second version: the amplification follows the stream's mean, place by place.</param>
    public static DiffusionModel WithFreeU(this DiffusionModel model, Factors wide, Factors narrow, bool second)
    {
        var channels = model.Config.ModelChannels;
        JoinPatch patch = (_, h, skip) =>
            h.shape[1] == 4 * channels ? Apply(h, skip, wide, second)
            : h.shape[1] == 2 * channels ? Apply(h, skip, narrow, second)
            : (h, skip);
        return model with { Patches = model.Patches with { Join = [.. model.Patches.Join, patch] } };
    }

    private static (Tensor, Tensor) Apply(Tensor h, Tensor skip, Factors factors, bool second)
    {
        var half = h.shape[1] / 2;
        var front = h.narrow(1, 0, half);
        var amplified = second ? front * ((Normalised(h) * (factors.Backbone - 1)) + 1) : front * factors.Backbone;
        return (cat([amplified, h.narrow(1, half, h.shape[1] - half)], 1), Damp(skip, factors.Skip));
    }

    /// <summary>The mean over channels, stretched to 0…1 in each sample.</summary>
    private static Tensor Normalised(Tensor h)
    {
        var mean = h.mean([1], keepdim: true);
        var flat = mean.flatten(1);
        var least = flat.amin([1], keepdim: true).reshape(-1, 1, 1, 1);
        var most = flat.amax([1], keepdim: true).reshape(-1, 1, 1, 1);
        return (mean - least) / (most - least);
    }

    /// <summary>The 2×2 frequencies around the centre of the spectrum scaled.</summary>
    private static Tensor Damp(Tensor skip, float factor)
    {
        var spectrum = fft.fftshift(fft.fft2(skip.to(ScalarType.Float32)), [-2, -1]);
        long rows = spectrum.shape[^2] / 2, columns = spectrum.shape[^1] / 2;
        var mask = ones([spectrum.shape[^2], spectrum.shape[^1]], device: skip.device);
        mask.narrow(0, Math.Max(0, rows - 1), Math.Min(2, spectrum.shape[^2])).narrow(1, Math.Max(0, columns - 1), Math.Min(2, spectrum.shape[^1])).fill_(factor);
        return fft.ifft2(fft.ifftshift(spectrum * mask, [-2, -1])).real.to(skip.dtype);
    }
}

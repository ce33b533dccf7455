using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>FreSca (WikiChao/FreSca): the guidance direction scaled apart in low and high frequencies.</summary>
public static class FreSca
{
    /// <summary>The pre hook.</summary>
    /// <param name="low">Factor on low frequencies.</param>
    /// <param name="high">Factor on high frequencies.</param>
    /// <param name="cutoff">Half the side of the low square around the centre of the spectrum.</param>
    public static BeforeMix Create(float low, float high, int cutoff) => (_, pair) =>
    {
        var spectrum = fft.fftshift(fft.fft2(pair.Positive - pair.Negative), [-2, -1]);
        long rows = spectrum.shape[^2] / 2, columns = spectrum.shape[^1] / 2;
        long halfHeight = Math.Min(cutoff, rows), halfWidth = Math.Min(cutoff, columns);
        var factors = full([spectrum.shape[^2], spectrum.shape[^1]], high, device: pair.Positive.device);
        factors.narrow(0, rows - halfHeight, 2 * halfHeight).narrow(1, columns - halfWidth, 2 * halfWidth).fill_(low);
        var direction = fft.ifft2(fft.ifftshift(spectrum * factors, [-2, -1])).real;
        return pair with { Positive = pair.Negative + direction };
    };
}

using static TorchSharp.torch;

namespace Farm.Benchmarks;

/// <summary>Structural similarity of pictures (Wang et al. 2004): a Gaussian window of 11 pixels with deviation 1.5, K₁ = 0.01, K₂ = 0.03.</summary>
internal static class Ssim
{
    private const int Window = 11;
    private const double Deviation = 1.5;
    private const double C1 = 0.01 * 0.01, C2 = 0.03 * 0.03;

    /// <summary>The mean over the windows inside, channels and pictures [B, H, W, C] with values of 0…1; 1 for equal ones.</summary>
    public static double Of(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Planes(a), Planes(b));
        var (meanX, meanY) = (Blur(x), Blur(y));
        var (varianceX, varianceY) = (Blur(x.square()) - meanX.square(), Blur(y.square()) - meanY.square());
        var covariance = Blur(x * y) - meanX * meanY;
        var ratio = (meanX * meanY * 2 + C1) * (covariance * 2 + C2) / ((meanX.square() + meanY.square() + C1) * (varianceX + varianceY + C2));
        return ratio.mean().item<double>();
    }

    private static Tensor Planes(Tensor picture) => picture.cpu().to(ScalarType.Float64).movedim([-1], [1]).flatten(0, 1).unsqueeze(1);

    private static Tensor Blur(Tensor planes)
    {
        var weights = (arange(Window, ScalarType.Float64) - Window / 2).div(Deviation).square().mul(-0.5).exp();
        weights = weights / weights.sum();
        return nn.functional.conv2d(nn.functional.conv2d(planes, weights.reshape(1, 1, 1, Window)), weights.reshape(1, 1, Window, 1));
    }
}

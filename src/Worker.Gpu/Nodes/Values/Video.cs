using System.Numerics;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as VIDEO.</summary>
/// <param name="Images">Frames, fp32 [N, H, W, 3].</param>
/// <param name="Sound">Its sound, or null.</param>
/// <param name="Rate">Frames a second.</param>
internal sealed record Video(Tensor Images, Audio? Sound, FrameRate Rate) : IValueParts
{
    /// <inheritdoc />
    public IEnumerable<object?> Parts => [Images, Sound];
}

/// <summary>An exact number of frames a second, in lowest terms.</summary>
/// <param name="Numerator">Frames.</param>
/// <param name="Denominator">Seconds.</param>
internal readonly record struct FrameRate(BigInteger Numerator, BigInteger Denominator)
{
    private const int MantissaBits = 52;

    /// <summary>The fraction that a double is, exactly.</summary>
    /// <exception cref="NodeFailedException">It is not more than 0, or not finite.</exception>
    public static FrameRate Of(double rate)
    {
        if (!double.IsFinite(rate) || rate <= 0) throw NodeFailedException.ValueError($"fps: {PythonValue.Str(rate)} is no rate");
        var exponent = Math.ILogB(rate) - MantissaBits;
        var mantissa = new BigInteger(Math.ScaleB(rate, -exponent));
        return Reduced(mantissa << Math.Max(exponent, 0), BigInteger.One << Math.Max(-exponent, 0));
    }

    /// <summary>A fraction in lowest terms.</summary>
    public static FrameRate Reduced(BigInteger numerator, BigInteger denominator)
    {
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return new FrameRate(numerator / divisor, denominator / divisor);
    }

    /// <summary>As a double.</summary>
    public double Value => (double)Numerator / (double)Denominator;

    /// <summary>As Python prints a fraction: <c>25/2</c>, or <c>24</c>.</summary>
    public override string ToString() => Denominator.IsOne ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}

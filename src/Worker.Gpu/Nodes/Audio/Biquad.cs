using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// A filter of two poles and two zeros from the Audio EQ Cookbook (R. Bristow-Johnson), in fp32 from rest; what leaves −1…1 is cut. A low shelf
/// that is raised high magnifies the last bit of its numbers ten thousandfold: they are made in the order of the recorded results.
/// </summary>
/// <param name="B0">Weight of the sample, all divided by a0.</param>
/// <param name="B1">Weight of the sample before.</param>
/// <param name="B2">Weight of the one before that.</param>
/// <param name="A1">Weight of the result before.</param>
/// <param name="A2">Weight of the one before that.</param>
internal sealed record Biquad(float B0, float B1, float B2, float A1, float A2)
{
    /// <summary>Raises or lowers what lies around a frequency.</summary>
    public static Biquad Peak(long rate, double frequency, double gain, double q)
    {
        var (a, alpha, cos) = Design(rate, frequency, gain, q);
        return Of(1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a);
    }

    /// <summary>Raises or lowers what lies below a frequency.</summary>
    public static Biquad LowShelf(long rate, double frequency, double gain, double q)
    {
        var (a, alpha, cos) = Design(rate, frequency, gain, q);
        var s = 2 * MathF.Sqrt(a) * alpha;
        return Of(
            a * (a + 1 - (a - 1) * cos + s), 2 * a * (a - 1 - (a + 1) * cos), a * (a + 1 - (a - 1) * cos - s),
            a + 1 + (a - 1) * cos + s, -2 * (a - 1 + (a + 1) * cos), a + 1 + (a - 1) * cos - s);
    }

    /// <summary>Raises or lowers what lies above a frequency.</summary>
    public static Biquad HighShelf(long rate, double frequency, double gain, double q)
    {
        var (a, alpha, cos) = Design(rate, frequency, gain, q);
        var s = 2 * MathF.Sqrt(a) * alpha;
        return Of(
            a * (a + 1 + (a - 1) * cos + s), -2 * a * (a - 1 + (a + 1) * cos), a * (a + 1 + (a - 1) * cos - s),
            a + 1 - (a - 1) * cos + s, 2 * (a - 1 - (a + 1) * cos), a + 1 - (a - 1) * cos - s);
    }

    /// <summary>Filters each channel of fp32 [B, channels, samples].</summary>
    public Tensor Apply(Tensor waveform)
    {
        var samples = waveform.cpu().contiguous().data<float>().ToArray();
        var length = (int)waveform.shape[^1];
        for (var start = 0; start < samples.Length; start += length) Filter(samples.AsSpan(start, length));
        return tensor(samples).view(waveform.shape);
    }

    private void Filter(Span<float> samples)
    {
        float x1 = 0, x2 = 0, y1 = 0, y2 = 0;
        foreach (ref var sample in samples)
        {
            var x = sample;
            var y = MathF.FusedMultiplyAdd(B0, x, MathF.FusedMultiplyAdd(B1, x1, B2 * x2));
            y -= A2 * y2;
            y -= A1 * y1;
            (x2, x1, y2, y1) = (x1, x, y1, y);
            sample = Math.Clamp(y, -1, 1);
        }
    }

    private static (float A, float Alpha, float Cos) Design(long rate, double frequency, double gain, double q)
    {
        var w = (float)(2 * Math.PI) * (float)frequency / rate;
        return (MathF.Exp((float)gain / 40 * (float)Math.Log(10)), MathF.Sin(w) / 2 / (float)q, MathF.Cos(w));
    }

    private static Biquad Of(float b0, float b1, float b2, float a0, float a1, float a2) => new(b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0);
}

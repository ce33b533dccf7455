using System.Numerics;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// Changes sample rates by a windowed sinc: one kernel a phase of the reduced ratio, Hann window, six zero crossings, roll-off 0.99 (J. O. Smith,
/// Digital Audio Resampling; torchaudio's defaults).
/// </summary>
internal static class Resampling
{
    private const int ZeroCrossings = 6;
    private const double RollOff = 0.99;

    /// <summary>The audio at another rate; itself where it has that rate.</summary>
    public static Audio To(Audio audio, long rate)
    {
        if (audio.SampleRate == rate) return audio;
        var divisor = (long)BigInteger.GreatestCommonDivisor(audio.SampleRate, rate);
        var (from, to) = (audio.SampleRate / divisor, rate / divisor);
        var cutoff = Math.Min(from, to) * RollOff;
        var half = (long)Math.Ceiling(ZeroCrossings * from / cutoff);
        var length = (to * audio.Length + from - 1) / from;
        TensorMemory.Require(audio.Waveform.shape[0], audio.Channels, length);
        TensorMemory.Require(to, 2 * half + from);
        var lines = nn.functional.pad(audio.Waveform.reshape(-1, 1, audio.Length), [half, half + from]);
        var phases = nn.functional.conv1d(lines, Kernels(from, to, cutoff, half), stride: from);
        var resampled = phases.transpose(1, 2).reshape(audio.Waveform.shape[0], audio.Channels, -1).narrow(2, 0, length);
        return new Audio(resampled.contiguous(), rate);
    }

    // [phases, 1, taps]
    private static Tensor Kernels(long from, long to, double cutoff, long half)
    {
        var offsets = arange(0, -to, -1, dtype: ScalarType.Float64).view(-1, 1, 1) / to;
        var time = ((arange(-half, half + from, dtype: ScalarType.Float64) / from + offsets) * cutoff).clamp(-ZeroCrossings, ZeroCrossings);
        var window = (time * (Math.PI / ZeroCrossings / 2)).cos().square();
        var angle = time * Math.PI;
        var sinc = where(angle == 0, ones_like(angle), angle.sin() / angle);
        return (sinc * window * (cutoff / from)).to(ScalarType.Float32);
    }
}

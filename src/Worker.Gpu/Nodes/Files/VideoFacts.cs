using System.Globalization;
using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>What is known of a video file before its frames are unpacked.</summary>
/// <param name="Width">Of a frame as shown, in pixels.</param>
/// <param name="Height">Of a frame as shown, in pixels.</param>
/// <param name="Rate">Frames a second.</param>
/// <param name="HasSound">Whether there is any.</param>
internal sealed record VideoFacts(int Width, int Height, FrameRate Rate, bool HasSound)
{
    /// <summary>ffmpeg's options that put these facts out: the head of its frame checksums, with one unpacked frame and one piece of sound.</summary>
    public static readonly string[] Query = ["-map", "0:v:0", "-map", "0:a:0?", "-frames:v", "1", "-frames:a", "1", "-f", "framecrc", "-"];

    /// <summary>Reads what ffmpeg put out: <c>#tb 0: 1001/30000</c>, <c>#dimensions 0: 64x48</c>, <c>#media_type 1: audio</c>.</summary>
    /// <exception cref="NodeFailedException">There is no frame.</exception>
    public static VideoFacts Parse(string head)
    {
        var facts = head.Split('\n').Select(line => line.Split(": ")).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        if (!facts.TryGetValue("#dimensions 0", out var size) || !facts.TryGetValue("#tb 0", out var tick))
            throw NodeFailedException.ValueError("the video has no frames");
        var (sides, seconds) = (size.Split('x'), tick.Split('/'));
        return new VideoFacts(
            int.Parse(sides[0], CultureInfo.InvariantCulture),
            int.Parse(sides[1], CultureInfo.InvariantCulture),
            FrameRate.Reduced(BigInteger.Parse(seconds[1], CultureInfo.InvariantCulture), BigInteger.Parse(seconds[0], CultureInfo.InvariantCulture)),
            facts.ContainsKey("#media_type 1"));
    }
}

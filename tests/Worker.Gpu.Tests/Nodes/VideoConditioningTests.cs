using Farm.Engine.Models.Vision;
using Farm.Nodes;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Conditioning for networks of shapes, and the start of videos; figures by hand from the formulas the classes name.</summary>
public sealed class VideoConditioningTests
{
    private readonly TestNodeContext _context = new();

    [Fact]
    public void Hunyuan3Dv2Conditioning_States_StandAgainstZeros()
    {
        using var scope = NewDisposeScope();
        var states = arange(12, ScalarType.Float32).reshape(1, 3, 4);

        var result = new Hunyuan3Dv2Conditioning().Invoke(new NodeCall(_context, ["clip_vision_output"], [Vision(states)]))!;

        Assert.Equal([states.bytes.ToArray(), new byte[48]], result.Values.Select(value => Assert.Single(((Conditioning)value!).Items).Context.bytes.ToArray()));
    }

    /// <summary>Width 4: sin and cos of side · [1, 1/100]; back is side 2.</summary>
    [Fact]
    public void Hunyuan3Dv2ConditioningMultiView_TwoSides_StandInOrderWithTheirPositions()
    {
        using var scope = NewDisposeScope();

        var result = new Hunyuan3Dv2ConditioningMultiView().Invoke(new NodeCall(_context, ["back", "front"], [Vision(ones(1, 1, 4)), Vision(zeros(1, 1, 4))]))!;

        float[] expected = [0, 0, 1, 1, 1.9092974f, 1.0199987f, 0.5838532f, 1.9998000f];
        var positive = ((Conditioning)result.Values[0]!).Items.Single().Context;
        Assert.Equal([1, 2, 4], positive.shape);
        Assert.All(expected.Zip(positive.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.All(((Conditioning)result.Values[1]!).Items.Single().Context.data<float>().ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Hunyuan3Dv2ConditioningMultiView_NoSide_IsRefused() => Assert.Equal(
        "front, left, back, right: at least one is needed",
        Assert.Throws<NodeFailedException>(() => new Hunyuan3Dv2ConditioningMultiView().Invoke(new NodeCall(_context, [], []))).Message);

    /// <summary>
    /// Frame 0 holds ±1 (mean 0, deviation √(4/3) over four values), the reference 0.08 ± 1.1 over eight (deviation 1.1·√(8/7)): both within the
    /// limits. In the second sample the reference lies at 5 with no deviation: the mean moves by 0.1 and the deviation by -0.1.
    /// </summary>
    [Fact]
    public void NormalizeVideoLatentStart_FirstFrame_TakesTheReferencesStatisticsWithinLimits()
    {
        using var scope = NewDisposeScope();
        var signs = tensor(new float[] { 1, -1, 1, -1 }).reshape(1, 1, 1, 2, 2);
        var video = cat([
            cat([signs, signs * 1.1 + 0.08, signs * 1.1 + 0.08, signs * 9], 2),
            cat([signs, full_like(signs, 5), full_like(signs, 5), signs * 9], 2)]);

        var result = (Latent)new NormalizeVideoLatentStart().Invoke(new NodeCall(
            _context, ["latent", "start_frame_count", "reference_frame_count"], [new Latent(video), 1L, 2L]))!.Values[0]!;

        var deviation = Math.Sqrt(4.0 / 3);
        Assert.Equal(0.08 + 1.1 * Math.Sqrt(8.0 / 7) / deviation, result.Samples[0, 0, 0, 0, 0].item<float>(), 1e-5);
        Assert.Equal(0.1 + (deviation - 0.1) / deviation, result.Samples[1, 0, 0, 0, 0].item<float>(), 1e-5);
        Assert.Equal(video.narrow(2, 1, 3).contiguous().bytes.ToArray(), result.Samples.narrow(2, 1, 3).contiguous().bytes.ToArray());
    }

    [Fact]
    public void NormalizeVideoLatentStart_NothingAfterTheStart_StaysAsItIs()
    {
        using var scope = NewDisposeScope();
        var latent = new Latent(rand([1, 1, 4, 2, 2]));

        Assert.Same(latent, new NormalizeVideoLatentStart().Invoke(new NodeCall(_context, ["latent", "start_frame_count", "reference_frame_count"], [latent, 4L, 5L]))!.Values[0]);
    }

    private static VisionOutput Vision(Tensor states) => new(new VisionEncoding(states, states, Embeds: null));
}

using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Whole runs of the generated SD 1.x checkpoint.</summary>
[Collection(nameof(Measured))]
public sealed class KSamplerTests(SmallModel model) : IClassFixture<SmallModel>
{
    private const double Tolerance = 1e-3;
    private static readonly Golden Recorded = new("sd15-samplers.safetensors");

    [Fact]
    public void Sample_WithPartOfTheWalk_GivesTheRecordedLatent()
    {
        using var scope = NewDisposeScope();
        var settings = Settings("dpmpp_2m/karras") with { Denoise = 0.55 };
        var actual = KSampler.Sample(model, settings, model.Positive, model.Negative, new LatentImage(Recorded["denoise_latent"]));

        Assert.InRange(Golden.RelativeError(actual, Recorded["dpmpp_2m/karras/denoise0.55"]), 0, Tolerance);
    }

    [Fact]
    public void Sample_InTwoParts_EqualsTheWholeRun()
    {
        using var scope = NewDisposeScope();
        var whole = KSampler.Sample(model, Settings("euler/karras"), model.Positive, model.Negative, Empty());

        var first = KSampler.Sample(model, Settings("euler/karras") with { LastStep = 3 }, model.Positive, model.Negative, Empty());
        var rest = Settings("euler/karras") with { StartStep = 3, AddNoise = false };
        var second = KSampler.Sample(model, rest, model.Positive, model.Negative, new LatentImage(first));

        Assert.InRange(Golden.RelativeError(second, whole), 0, 1e-5);
    }

    [Theory]
    [InlineData("euler/karras", 1f, 1)]
    [InlineData("euler_cfg_pp/karras", 1f, 1)]
    [InlineData("euler/karras", 5f, 1)]
    public void Sample_EachStep_IsOneForwardPass(string name, float cfg, int passes)
    {
        using var scope = NewDisposeScope();
        model.Calls = 0;
        KSampler.Sample(model, Settings(name) with { Cfg = cfg, Steps = 2 }, model.Positive, model.Negative, Empty());

        Assert.Equal(2 * passes, model.Calls);
    }

    [Fact]
    public void Sample_ReportsEachStepOnce()
    {
        using var scope = NewDisposeScope();
        List<(int, int)> steps = [];
        KSampler.Sample(model, Settings("heun/karras") with { Steps = 3 }, model.Positive, model.Negative, Empty(), step =>
        {
            steps.Add((step.Index, step.Total));
            Assert.Equal([1, 4, 8, 8], step.X0.shape);
        });

        Assert.Equal([(0, 3), (1, 3), (2, 3)], steps);
    }

    [Fact]
    public void Sample_InterruptedBetweenSteps_StopsThereAndLeavesNoTensor()
    {
        using var latent = zeros(1, 4, 8, 8);
        // The first run of all loads the weights, which stay.
        Interrupt();
        long before = LiveTensors.Count();
        model.Calls = 0;

        Interrupt();

        Assert.Equal(3, model.Calls);
        Assert.Equal(before, Tensor.TotalCount);

        void Interrupt() => Assert.Throws<OperationCanceledException>(() => KSampler.Sample(
            model, Settings("dpmpp_2m_sde/karras"), model.Positive, model.Negative, new LatentImage(latent), step =>
            {
                if (step.Index == 2) throw new OperationCanceledException();
            }));
    }

    [Fact]
    public void Sample_UnderAMask_KeepsTheRest()
    {
        using var scope = NewDisposeScope();
        var latent = Recorded["denoise_latent"];
        var mask = zeros(1, 64, 64);
        mask.narrow(2, 32, 32).fill_(1);

        var result = KSampler.Sample(model, Settings("euler/karras"), model.Positive, model.Negative, new LatentImage(latent, mask));

        Assert.InRange(Golden.RelativeError(result.narrow(3, 0, 3), latent.narrow(3, 0, 3)), 0, 1e-4);
        Assert.True(Golden.RelativeError(result.narrow(3, 5, 3), latent.narrow(3, 5, 3)) > 0.1);
    }

    [Fact]
    public void Sample_NoDenoise_GivesTheLatentBack()
    {
        using var scope = NewDisposeScope();
        var latent = Recorded["denoise_latent"];
        var result = KSampler.Sample(
            model, Settings("euler/karras") with { Denoise = 0 }, model.Positive, model.Negative, new LatentImage(latent));

        Assert.Equal(latent.data<float>().ToArray(), result.data<float>().ToArray());
    }

    [Fact]
    public void Sample_UnknownSampler_ListsTheKnown()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(
            () => KSampler.Sample(model, Settings("eular/karras"), model.Positive, model.Negative, Empty()));

        Assert.Contains("eular", error.Message, StringComparison.Ordinal);
        Assert.Contains("uni_pc_bh2", error.Message, StringComparison.Ordinal);
    }

    private static KSamplerSettings Settings(string name) => new(123, 6, 5, name.Split('/')[0], name.Split('/')[1]);

    private static LatentImage Empty() => new(zeros(1, 4, 8, 8));
}

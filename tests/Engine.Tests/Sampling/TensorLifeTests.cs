using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>What a run leaves behind, counted over a network that is a formula.</summary>
[Collection(nameof(Measured))]
public sealed class TensorLifeTests
{
    public static TheoryData<string> Samplers => [.. SamplerRegistry.Names];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Sample_LeavesNoTensorButItsResult(string sampler)
    {
        using var latent = zeros(1, 4, 8, 8);
        using var mask = ones(1, 64, 64);
        using var context = zeros(1, 77, 16);
        IReadOnlyList<ConditioningEntry> conditioning = [new(context) { Area = new LatentArea(4, 4, 2, 2) }, new(context) { Mask = mask, EndPercent = 0.5 }];
        var settings = new KSamplerSettings(1, 5, 3, sampler, "karras");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = LiveTensors.Count();

        var result = KSampler.Sample(new Formula(), settings, conditioning, conditioning, new LatentImage(latent, mask));

        Assert.Equal(before + 1, Tensor.TotalCount);
        result.Dispose();
    }

    /// <summary>
    /// A tensor that is left over with a scope that is gone throws in its finalizer, which ends the process, so none may be left wherever a
    /// run stops. Samplers report a step after the network's first pass in it.
    /// </summary>
    [Theory]
    [MemberData(nameof(Samplers))]
    public void Sample_StoppedAtAStep_LeavesNoTensor(string sampler)
    {
        using var latent = zeros(1, 4, 8, 8);
        using var context = zeros(1, 77, 16);
        IReadOnlyList<ConditioningEntry> conditioning = [new(context)];
        var settings = new KSamplerSettings(1, 3, 3, sampler, "karras");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = LiveTensors.Count();

        foreach (int last in new[] { 0, 1 })
        {
            Assert.Throws<OperationCanceledException>(() => KSampler.Sample(
                new Formula(), settings, conditioning, conditioning, new LatentImage(latent), onStep: step =>
                {
                    if (step.Index == last) throw new OperationCanceledException();
                }));
            Assert.Equal(before, Tensor.TotalCount);
        }
    }

    [Fact]
    public void Keep_TensorAlreadyKept_GoesWithTheRun()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = LiveTensors.Count();
        using var generator = new Generator(1);

        using (var run = new SamplingRun(new Formula().Sampling, [1, 0], 1, (x, _) => new Denoised(x, x), generator))
            run.Keep(run.Keep(ones(1)));

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Keep_RunThatIsOver_SaysSo()
    {
        using var generator = new Generator(1);
        using var value = ones(1);
        var run = new SamplingRun(new Formula().Sampling, [1, 0], 1, (x, _) => new Denoised(x, x), generator);
        run.Dispose();

        Assert.Throws<ObjectDisposedException>(() => run.Keep(value));
    }

    private sealed class Formula : IDiffusionModel
    {
        public ModelSampling Sampling { get; } = ModelSampling.Discrete(Prediction.Eps);

        public LatentFormat LatentFormat => LatentFormats.SD15;

        public Device Device => CPU;

        public ScalarType ComputeType => ScalarType.Float32;

        public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs) => x * 0.5f;
    }
}

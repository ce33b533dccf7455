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
        long before = Tensor.TotalCount;

        var result = KSampler.Sample(new Formula(), settings, conditioning, conditioning, new LatentImage(latent, mask));

        Assert.Equal(before + 1, Tensor.TotalCount);
        result.Dispose();
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

using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Tests.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>
/// bfloat16 on the CPU against the recordings in fp32. It keeps 8 bits of a value, an error of 2⁻⁹ = 0.2 % each time one is rounded; a network rounds some hundred
/// times in a row.
/// </summary>
[Collection(nameof(Measured))]
public sealed class PrecisionTests(SmallModel small) : IClassFixture<SmallModel>, IDisposable
{
    private const double Least = 1e-4; // less would be fp32
    private const double Pass = 0.02;
    private const double Walk = 0.05;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void Predict_InBf16_IsCloseToTheRecording()
    {
        using var recorded = Fixture.Open("sd15-unet.safetensors");
        var model = Load().Model;

        var eps = model.Predict(recorded.OpenTensor("x"), recorded.OpenTensor("timesteps"), new ModelInputs(recorded.OpenTensor("context"), Y: null));

        Assert.Equal((ScalarType.BFloat16, ScalarType.Float32), (model.ComputeType, eps.dtype));
        Assert.InRange(Fixture.RelativeError(eps, recorded.OpenTensor("eps")), Least, Pass);
    }

    [Fact]
    public void DecodeAndEncode_InBf16_AreCloseToTheRecordings()
    {
        using var recorded = Fixture.Open("sd15-vae.safetensors");
        var vae = Load().Vae!;

        Assert.InRange(Fixture.RelativeError(vae.Decode(recorded.OpenTensor("z")), recorded.OpenTensor("image")), Least, Pass);
        Assert.InRange(Fixture.RelativeError(vae.Encode(recorded.OpenTensor("image")), recorded.OpenTensor("reencoded")), Least, Pass);
    }

    [Fact]
    public void Encode_OfText_StaysInFp32()
    {
        using var recorded = Fixture.Open("sd15-clip.safetensors");

        Assert.InRange(Fixture.RelativeError(Load().Clip!.Encode("a photo of a cat").Cond, recorded.OpenTensor("cond0")), 0, 1e-4);
    }

    [Fact]
    public void Sample_InBf16_IsCloseToTheRecording()
    {
        using var latent = zeros(1, 4, 8, 8);

        var sampled = KSampler.Sample(Load().Model, new KSamplerSettings(123, 6, 5, "euler", "karras"), small.Positive, small.Negative, new LatentImage(latent));

        Assert.InRange(Golden.RelativeError(sampled, new Golden("sd15-samplers.safetensors")["euler/karras"]), Least, Walk);
    }

    /// <summary>Weights kept in float8 are rounded once; computed in bf16 they give what they give in fp32, up to bf16's own error.</summary>
    [Theory]
    [InlineData(WeightStorage.Float8E4M3)]
    [InlineData(WeightStorage.Float8E5M2)]
    public void Predict_OfFloat8InBf16_IsCloseToFloat8InFp32(WeightStorage storage)
    {
        var path = GeneratedFiles.PathOf("sd15-tiny");
        var full = Predict(new CheckpointLoader(_memory, ComputePrecision.Fp32).LoadDiffusion(path, storage));

        var half = Predict(new CheckpointLoader(_memory, ComputePrecision.Bf16).LoadDiffusion(path, storage));

        Assert.InRange(Fixture.RelativeError(half, full), Least, Pass);
    }

    private LoadedCheckpoint Load() => new CheckpointLoader(_memory, ComputePrecision.Bf16).Load(GeneratedFiles.PathOf("sd15-tiny"));

    private static Tensor Predict(DiffusionModel model)
    {
        using var random = new Generator(9);
        return model.Predict(randn([1, 4, 8, 8], generator: random), tensor([500f]), new ModelInputs(randn([1, 77, 768], generator: random), Y: null));
    }
}

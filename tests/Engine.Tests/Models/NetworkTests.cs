using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>Single forwards against recordings of ComfyUI 0.19.3 (Fixtures/ORIGIN.md); 1e-4 relative is what the project promises.</summary>
[Collection(nameof(Measured))]
public sealed class NetworkTests
{
    private const double Tolerance = 1e-4;

    [Fact]
    public void UNetForward_SD15_EqualsRecording()
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sd15-unet.safetensors");
        using var unet = UNet();

        var eps = unet.Forward(recorded.OpenTensor("x"), recorded.OpenTensor("timesteps"), new ModelInputs(recorded.OpenTensor("context"), Y: null), ScalarType.Float32);

        Assert.InRange(Fixture.RelativeError(eps, recorded.OpenTensor("eps")), 0, Tolerance);
    }

    /// <summary>The same class on SDXL's layout: linear projections, 64-wide heads, depth by level, a vector conditioning.</summary>
    [Fact]
    public void UNetForward_SDXLLayout_EqualsRecording()
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sdxl-unet.safetensors");
        using var unet = UNet(GeneratedFiles.SdxlUNet, HeadRule.FixedWidth(64));

        var eps = unet.Forward(
            recorded.OpenTensor("x"), recorded.OpenTensor("timesteps"), new ModelInputs(recorded.OpenTensor("context"), recorded.OpenTensor("y")), ScalarType.Float32);

        Assert.InRange(Fixture.RelativeError(eps, recorded.OpenTensor("eps")), 0, Tolerance);
    }

    [Fact]
    public void UNetForward_SD15_LeavesNoTensorButItsResult()
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sd15-unet.safetensors");
        using var unet = UNet();
        var (x, timesteps, context) = (recorded.OpenTensor("x"), recorded.OpenTensor("timesteps"), recorded.OpenTensor("context"));
        var before = LiveTensors.Count();

        unet.Forward(x, timesteps, new ModelInputs(context, Y: null), ScalarType.Float32).Dispose();

        Assert.Equal(0, Tensor.TotalCount - before);
    }

    [Fact]
    public void UNetForward_OddSize_ComesBackInThatSize()
    {
        using var scope = NewDisposeScope();
        using var unet = UNet();

        var eps = unet.Forward(zeros(1, 4, 9, 7), tensor(new[] { 500f }), new ModelInputs(zeros(1, 77, 768), Y: null), ScalarType.Float32);

        Assert.Equal([1, 4, 9, 7], eps.shape);
    }

    [Fact]
    public void UNetForward_ContextOfAnotherFamily_SaysTheWidthItTakes()
    {
        using var scope = NewDisposeScope();
        using var unet = UNet();

        var error = Assert.Throws<ArgumentException>(() => unet.Forward(zeros(1, 4, 8, 8), zeros(1), new ModelInputs(zeros(1, 77, 1024), Y: null), ScalarType.Float32));

        Assert.Contains("768 wide", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void VaeDecodeAndEncode_EqualRecordings()
    {
        using var scope = NewDisposeScope();
        using var recorded = Fixture.Open("sd15-vae.safetensors");
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        using var vae = new AutoencoderKL(new NetworkWeights(new StateDict(file).Under("first_stage_model."), ScalarType.Float32, CPU));

        var image = vae.Decode(recorded.OpenTensor("z")).add_(1).div_(2).clamp_(0, 1).permute(0, 2, 3, 1);
        var latent = vae.Encode(recorded.OpenTensor("image").permute(0, 3, 1, 2).mul(2).sub_(1));

        Assert.InRange(Fixture.RelativeError(image, recorded.OpenTensor("image")), 0, Tolerance);
        Assert.InRange(Fixture.RelativeError(latent, recorded.OpenTensor("reencoded")), 0, Tolerance);
    }

    [Fact]
    public void VaeDecodeAndEncode_LeaveNoTensorButTheirResults()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        using var vae = new AutoencoderKL(new NetworkWeights(new StateDict(file).Under("first_stage_model."), ScalarType.Float32, CPU));
        var (latent, pixels) = (zeros(1, 4, 8, 8), zeros(1, 3, 64, 64));
        var before = LiveTensors.Count();

        vae.Decode(latent).Dispose();
        vae.Encode(pixels).Dispose();

        Assert.Equal(0, Tensor.TotalCount - before);
    }

    [Fact]
    public void Attention_InSlices_EqualsTheWhole()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var q = randn(2, 50, 32, generator: generator);
        var k = randn(2, 30, 32, generator: generator);
        var v = randn(2, 30, 32, generator: generator);

        var whole = Attention.Multihead(q, k, v, heads: 4);
        var sliced = Attention.Multihead(q, k, v, heads: 4, maxScoreBytes: 2 * 4 * 30 * sizeof(float) * 7);

        Assert.InRange(Fixture.RelativeError(sliced, whole), 0, 1e-6);
    }

    [Fact]
    public void Wiring_MissingTensor_NamesIt()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        var vaeOnly = new NetworkWeights(new StateDict(file).Under("first_stage_model."), type: null, CPU);

        var error = Assert.Throws<WeightsFormatException>(() => new CLIPTextModel(vaeOnly, ClipActivation.QuickGelu));

        Assert.Contains("'first_stage_model.embeddings.token_embedding.weight' is missing", error.Message, StringComparison.Ordinal);
    }

    private static UNet2DConditionModel UNet() => UNet(GeneratedFiles.PathOf("sd15-tiny"), HeadRule.FixedCount(8));

    private static UNet2DConditionModel UNet(string path, HeadRule heads)
    {
        using var file = SafetensorsFile.Open(path);
        var stored = new StateDict(file).Under("model.diffusion_model.");
        return new UNet2DConditionModel(UNetConfig.Detect(stored, heads)!, new NetworkWeights(stored, ScalarType.Float32, CPU));
    }
}

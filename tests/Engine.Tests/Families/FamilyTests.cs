using System.Text.Json;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Sampling;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>Families besides SD1.x against recordings of ComfyUI 0.19.3 (Fixtures/ORIGIN.md).</summary>
[Collection(nameof(Measured))]
public sealed class FamilyTests : IDisposable
{
    private const double Forward = 1e-4;
    private const double Run = 1e-3;
    private const int KeptFeature = 8;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
    }

    [Theory]
    [InlineData(0, "a photo of a cat")]
    [InlineData(1, "a photo of a cat, (masterpiece:1.2), ((best quality)), [lowres]")]
    [InlineData(2, null)]
    public void Encode_SDXL_EqualsRecording(int index, string? text)
    {
        using var recorded = Fixture.Open("sdxl-clip.safetensors");

        var encoding = Load("sdxl-tiny").Clip!.Encode(text ?? $"long {string.Concat(Enumerable.Repeat("very ", 90))}long prompt that spans two chunks");

        Assert.InRange(Fixture.RelativeError(Kept(encoding.Cond), recorded.OpenTensor($"cond{index}")), 0, Forward);
        Assert.InRange(Fixture.RelativeError(encoding.Pooled, recorded.OpenTensor($"pooled{index}")), 0, Forward);
    }

    [Fact]
    public void Encode_SDXLWithLastLayerMinusTwo_EqualsRecording()
    {
        using var recorded = Fixture.Open("sdxl-clip.safetensors");

        var encoding = Load("sdxl-tiny").Clip!.WithLastLayer(-2).Encode("a photo of a cat, (masterpiece:1.2), ((best quality)), [lowres]");

        Assert.InRange(Fixture.RelativeError(Kept(encoding.Cond), recorded.OpenTensor("cond_skip2")), 0, Forward);
    }

    [Fact]
    public void Tokenize_SDXL_EqualsRecording()
    {
        var clip = Load("sdxl-tiny").Clip!;
        using var document = JsonDocument.Parse(File.ReadAllBytes(Fixture.PathOf("sdxl-tokens.json")));

        foreach (var item in document.RootElement.EnumerateArray())
        {
            var tokens = clip.Tokenize(item.GetProperty("text").GetString()!);
            foreach (var encoder in item.GetProperty("tokens").EnumerateObject())
            {
                var expected = encoder.Value.EnumerateArray().SelectMany(chunk => chunk.EnumerateArray()).Select(token => (token[0].GetInt32(), token[1].GetDouble()));
                Assert.Equal(expected, tokens[encoder.Name].SelectMany(chunk => chunk).Select(token => (token.Id, token.Weight)));
            }
        }
    }

    [Fact]
    public void PredictAndDecode_SDXL_EqualRecordings()
    {
        using var unet = Fixture.Open("sdxl-unet.safetensors");
        using var vae = Fixture.Open("sdxl-vae.safetensors");
        var checkpoint = Load("sdxl-tiny");

        var eps = checkpoint.Model.Predict(unet.OpenTensor("x"), unet.OpenTensor("timesteps"), new ModelInputs(unet.OpenTensor("context"), unet.OpenTensor("y")));

        Assert.Equal("SDXL", checkpoint.Family);
        Assert.Equal(LatentFormats.SDXL, checkpoint.Model.LatentFormat);
        Assert.InRange(Fixture.RelativeError(eps, unet.OpenTensor("eps")), 0, Forward);
        Assert.InRange(Fixture.RelativeError(checkpoint.Vae!.Decode(vae.OpenTensor("z")), vae.OpenTensor("image")), 0, Forward);
        Assert.InRange(Fixture.RelativeError(checkpoint.Vae.Encode(vae.OpenTensor("image")), vae.OpenTensor("reencoded")), 0, Forward);
    }

    [Theory]
    [InlineData("sd15-inpaint-tiny", "inpaint9", 9, "768")]
    [InlineData("sd15-ip2p-tiny", "ip2p", 8, "768")]
    [InlineData("sd2-tiny", "sd2", 4, "1024")]
    public void Predict_Variant_EqualsRecording(string file, string name, int channels, string width)
    {
        using var recorded = Fixture.Open("variants.safetensors");
        var x = recorded.OpenTensor("x9").narrow(1, 0, channels);
        var context = cat([recorded.OpenTensor($"ctx{width}_pos"), recorded.OpenTensor($"ctx{width}_neg")]);
        var inputs = new ModelInputs(context, Y: null) { Concat = channels > 4 ? x.narrow(1, 4, channels - 4) : null };

        var eps = Load(file).Model.Predict(x.narrow(1, 0, 4), recorded.OpenTensor("timesteps"), inputs);

        Assert.InRange(Fixture.RelativeError(eps, recorded.OpenTensor($"{name}|forward")), 0, Forward);
    }

    [Theory]
    [InlineData("sd15-inpaint-tiny", "inpaint9|sample", true, false)]
    [InlineData("sd15-inpaint-tiny", "inpaint9|sample_with_noise_mask", true, true)]
    [InlineData("sd15-inpaint-tiny", "inpaint9|sample_no_concat", false, false)]
    [InlineData("sd15-ip2p-tiny", "ip2p|sample", true, false)]
    [InlineData("sd2-tiny", "sd2|sample_as_detected", false, false)]
    [InlineData("sd2-tiny", "sd2|sample_v", false, false)]
    public void Sample_Variant_EqualsRecording(string file, string name, bool joins, bool masked)
    {
        using var recorded = Fixture.Open("variants.safetensors");
        var model = Load(file).Model;
        if (name.EndsWith("_v", StringComparison.Ordinal)) model = model with { Sampling = ModelSampling.Discrete(Prediction.V) };
        var latent = new LatentImage(recorded.OpenTensor("latent"), masked ? recorded.OpenTensor("concat_mask_64px") : null);
        var concat = model.Rules.Concat(new ConcatSources(KSampler.StartOf(model, latent.Samples), model.LatentFormat)
        {
            Latent = joins ? recorded.OpenTensor("concat_latent_image") : null,
            Mask = joins ? recorded.OpenTensor("concat_mask_64px") : null,
            NoiseMask = latent.NoiseMask,
        });
        var width = file.StartsWith("sd2", StringComparison.Ordinal) ? 1024 : 768;
        var (positive, negative) = (Entry(recorded.OpenTensor($"ctx{width}_pos"), concat), Entry(recorded.OpenTensor($"ctx{width}_neg"), concat));

        var sampled = KSampler.Sample(model, new KSamplerSettings(42, 5, 5, "euler", "karras"), positive, negative, latent);

        Assert.InRange(Golden.RelativeError(sampled, recorded.OpenTensor(name)), 0, Run);
    }

    private static ConditioningEntry[] Entry(Tensor context, Tensor? concat) => [new ConditioningEntry(context) { Concat = concat }];

    private LoadedCheckpoint Load(string name) => new CheckpointLoader(_memory).Load(Manifests.PathOf(name));

    private static Tensor Kept(Tensor cond) => cond[TensorIndex.Ellipsis, TensorIndex.Slice(step: KeptFeature)];
}

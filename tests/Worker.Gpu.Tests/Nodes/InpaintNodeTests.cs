using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using EngineSampler = Farm.Engine.Sampling.KSampler;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Nodes that give a conditioning a picture to join the latent: the options they set, and that a run with them is the engine's with the same channels.</summary>
public sealed class InpaintNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(3);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
    }

    /// <summary>72×67 pixels are cut around the centre to 72×64: columns 1 to 64. Under the mask stands grey, 0.5.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InpaintModelConditioning_SetsPictureAndMask(bool noiseMask)
    {
        var (pixels, mask) = (rand([1, 72, 67, 3], generator: _random), Mask(72, 67));

        var result = nodes.Invoke(
            "InpaintModelConditioning",
            ("positive", ModelNodes.Text(1)), ("negative", ModelNodes.Text(2)), ("vae", nodes.Vae), ("pixels", pixels), ("mask", mask), ("noise_mask", noiseMask));

        var (whole, cut) = (pixels.narrow(2, 1, 64), mask.narrow(2, 1, 64).unsqueeze(1));
        var greyed = where(cut.squeeze(1).unsqueeze(3) > 0.5, full_like(whole, 0.5f), whole);
        var (joined, latent) = (nodes.Vae.Encode(greyed), (Latent)result[2]!);
        Assert.InRange(ModelNodes.Error(latent.Samples, nodes.Vae.Encode(whole)), 0, 1e-5);
        Assert.Equal(noiseMask, latent.NoiseMask is not null);
        if (latent.NoiseMask is not null) Assert.InRange(ModelNodes.Error(latent.NoiseMask, cut), 0, 1e-6);
        foreach (var options in result.Take(2).Select(side => Assert.Single(((Conditioning)side!).Items).Options))
        {
            Assert.InRange(ModelNodes.Error((Tensor)options["concat_latent_image"]!, joined), 0, 1e-5);
            Assert.InRange(ModelNodes.Error((Tensor)options["concat_mask"]!, cut), 0, 1e-6);
        }
    }

    [Fact]
    public void InpaintModelConditioning_InARun_IsTheEnginesWithThoseChannels()
    {
        var model = Load("sd15-inpaint-tiny");
        var pixels = rand([1, 64, 64, 3], generator: _random);
        var sides = nodes.Invoke(
            "InpaintModelConditioning",
            ("positive", ModelNodes.Text(1)), ("negative", ModelNodes.Text(2)), ("vae", nodes.Vae), ("pixels", pixels), ("mask", Mask(64, 64)), ("noise_mask", true));
        var latent = (Latent)sides[2]!;
        var options = ((Conditioning)sides[0]!).Items[0].Options;

        var actual = nodes.Sample(model, sides[0], sides[1], latent);

        var concat = model.Rules.Concat(new ConcatSources(EngineSampler.StartOf(model, latent.Samples), model.LatentFormat)
        {
            Latent = (Tensor)options["concat_latent_image"]!, Mask = (Tensor)options["concat_mask"]!, NoiseMask = latent.NoiseMask,
        })!;
        Assert.Equal([1, 5, 8, 8], concat.shape);
        Assert.InRange(ModelNodes.Error(actual, Engine(model, concat, new LatentImage(latent.Samples, latent.NoiseMask))), 0, 1e-6);
    }

    [Fact]
    public void InstructPixToPixConditioning_SetsThePictureAndStartsEmpty()
    {
        var model = Load("sd15-ip2p-tiny");
        var pixels = rand([1, 64, 64, 3], generator: _random);

        var sides = nodes.Invoke("InstructPixToPixConditioning", ("positive", ModelNodes.Text(1)), ("negative", ModelNodes.Text(2)), ("vae", nodes.Vae), ("pixels", pixels));

        var (joined, latent) = (nodes.Vae.Encode(pixels), (Latent)sides[2]!);
        foreach (var options in sides.Take(2).Select(side => Assert.Single(((Conditioning)side!).Items).Options))
            Assert.InRange(ModelNodes.Error((Tensor)options["concat_latent_image"]!, joined), 0, 1e-6);
        Assert.Equal([1, 4, 8, 8], latent.Samples.shape);
        Assert.Equal(0, latent.Samples.abs().max().item<float>());
        Assert.InRange(ModelNodes.Error(nodes.Sample(model, sides[0], sides[1], latent), Engine(model, joined, new LatentImage(latent.Samples))), 0, 1e-6);
    }

    private static Tensor Engine(DiffusionModel model, Tensor concat, LatentImage latent) => EngineSampler.Sample(
        model, new KSamplerSettings(1, 2, 4, "euler", "karras"), Side(1, concat), Side(2, concat), latent);

    private static ConditioningEntry[] Side(int seed, Tensor concat) => [new ConditioningEntry(ModelNodes.Text(seed).Items[0].Context) { Concat = concat }];

    private static Tensor Mask(long height, long width)
    {
        var mask = zeros(1, height, width);
        mask.narrow(1, 10, 30).narrow(2, 20, 25).fill_(1);
        return mask;
    }

    private DiffusionModel Load(string name) => (DiffusionModel)nodes.Invoke("CheckpointLoaderSimple", ("ckpt_name", name + ".safetensors"))[0]!;
}

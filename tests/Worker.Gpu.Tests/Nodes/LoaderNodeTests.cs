using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Text;
using Farm.Nodes;
using Farm.Testing;
using Farm.Worker.Gpu.Tests.Fixtures;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Loaders of parts and of adapters, against the checkpoint's own parts and against LoraLoader, whose pictures are recorded.</summary>
public sealed class LoaderNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private const string TextPrefix = "cond_stage_model.transformer.";

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void LoraLoaders_OfTheSameStrengths_ChangeTheSameWeights()
    {
        (string, object?)[] file = [("model", nodes.Model), ("lora_name", "lora-tiny.safetensors"), ("strength_model", 0.7)];
        (string, object?)[] both = [.. file, ("clip", nodes.Clip), ("strength_clip", 0.4)];
        var whole = nodes.Invoke("LoraLoader", both);

        var bypassed = nodes.Invoke("LoraLoaderBypass", both);

        Assert.NotEqual("", ((DiffusionModel)whole[0]!).Weights.Identity);
        Assert.Equal(((DiffusionModel)whole[0]!).Weights.Identity, ((DiffusionModel)bypassed[0]!).Weights.Identity);
        Assert.Equal(TextIdentity(whole[1]), TextIdentity(bypassed[1]));
        foreach (var node in (string[])["LoraLoaderModelOnly", "LoraLoaderBypassModelOnly"])
            Assert.Equal(((DiffusionModel)whole[0]!).Weights.Identity, ((DiffusionModel)nodes.Invoke(node, file)[0]!).Weights.Identity);
        var (text, negative) = (ModelNodes.Text(1), ModelNodes.Text(2));
        var changed = nodes.Sample(nodes.Invoke("LoraLoaderModelOnly", file)[0], text, negative);
        Assert.InRange(ModelNodes.Error(changed, nodes.Sample(whole[0], text, negative)), 0, 1e-6);
        Assert.InRange(ModelNodes.Error(changed, nodes.Sample(nodes.Model, text, negative)), 1e-4, 10);
    }

    [Theory]
    [InlineData("LoraLoaderModelOnly")]
    [InlineData("LoraLoaderBypassModelOnly")]
    public void LoraLoader_OfNoStrength_DoesNotEvenOpenTheFile(string node) =>
        Assert.Same(nodes.Model, nodes.Invoke(node, ("model", nodes.Model), ("lora_name", "absent.safetensors"), ("strength_model", 0.0))[0]);

    [Fact]
    public void ClipLoader_OfTheCheckpointsTextSide_EncodesAsItDoes()
    {
        nodes.Files.Models["text_encoders/l.safetensors"] = nodes.Copy(Checkpoints.PathOf("sd15-tiny"), "l.safetensors", name => Under(name, TextPrefix));

        var clip = nodes.Invoke("CLIPLoader", ("clip_name", "l.safetensors"), ("type", "stable_diffusion"), ("device", "default"))[0];

        Assert.InRange(ModelNodes.Error(nodes.Encode("a red car", clip).Items[0].Context, nodes.Encode("a red car").Items[0].Context), 0, 1e-6);
    }

    [Fact]
    public void DualClipLoader_OfSdxlsTwoFiles_EncodesAsTheCheckpoint()
    {
        var path = Manifests.PathOf("sdxl-tiny");
        nodes.Files.Models["text_encoders/xl-l.safetensors"] = nodes.Copy(path, "xl-l.safetensors", name => Under(name, "conditioner.embedders.0.transformer."));
        nodes.Files.Models["text_encoders/xl-g.safetensors"] = nodes.Copy(path, "xl-g.safetensors", name => Under(name, "conditioner.embedders.1.model."));

        var clip = nodes.Invoke("DualCLIPLoader", ("clip_name1", "xl-g.safetensors"), ("clip_name2", "xl-l.safetensors"), ("type", "sdxl"), ("device", "default"))[0];

        var (actual, expected) = (nodes.Encode("a red car", clip).Items[0], nodes.Encode("a red car", nodes.Loader.Load(path).Clip).Items[0]);
        Assert.InRange(ModelNodes.Error(actual.Context, expected.Context), 0, 1e-6);
        Assert.InRange(ModelNodes.Error((Tensor)actual.Options["pooled_output"]!, (Tensor)expected.Options["pooled_output"]!), 0, 1e-6);
    }

    [Theory]
    [InlineData("CLIPLoader", "flux2")]
    [InlineData("DualCLIPLoader", "flux")]
    public void ClipLoaders_OfAFamilyThatIsNotThere_SayWhichAre(string node, string type)
    {
        var error = Assert.Throws<NodeFailedException>(() => nodes.Invoke(node, ("clip_name", "l"), ("clip_name1", "l"), ("clip_name2", "g"), ("type", type)));

        Assert.Contains($"'{type}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnetLoader_OfACheckpoint_IsItsNetwork()
    {
        nodes.Files.Models["diffusion_models/unet.safetensors"] = Checkpoints.PathOf("sd15-tiny");
        var (text, negative) = (ModelNodes.Text(1), ModelNodes.Text(2));
        var expected = nodes.Sample(nodes.Model, text, negative);

        Assert.InRange(ModelNodes.Error(nodes.Sample(Load("default"), text, negative), expected), 0, 1e-6);

        // e4m3 keeps 4 bits of a weight, e5m2 3: farther off, in this order.
        var (fine, fast, coarse) = (Sampled("fp8_e4m3fn"), Sampled("fp8_e4m3fn_fast"), Sampled("fp8_e5m2"));
        Assert.InRange(fine, 1e-3, 1);
        Assert.Equal(fine, fast, 1e-6);
        Assert.InRange(coarse, fine * 1.2, 1);

        double Sampled(string type) => ModelNodes.Error(nodes.Sample(Load(type), text, negative), expected);

        object? Load(string type) => nodes.Invoke("UNETLoader", ("unet_name", "unet.safetensors"), ("weight_dtype", type))[0];
    }

    /// <summary>The three parts of the checkpoint, each in a file of its own under diffusers' names.</summary>
    [Fact]
    public void DiffusersLoader_OfAWholeFolder_IsTheCheckpoint()
    {
        var path = Checkpoints.PathOf("sd15-tiny");
        nodes.Files.Models["diffusers/whole"] = nodes.Folder;
        nodes.Files.Models["diffusers/whole/unet/diffusion_pytorch_model.safetensors"] = nodes.Copy(path, "d-unet.safetensors", name => Under(name, "model.diffusion_model.") is { } unet ? DiffusersNames.TinyUNet(unet) : null);
        nodes.Files.Models["diffusers/whole/vae/diffusion_pytorch_model.safetensors"] = nodes.Copy(path, "d-vae.safetensors", name => Under(name, "first_stage_model.") is { } vae ? DiffusersNames.Vae(vae) : null);
        nodes.Files.Models["diffusers/whole/text_encoder/model.safetensors"] = nodes.Copy(path, "d-text.safetensors", name => Under(name, TextPrefix));

        var loaded = nodes.Invoke("DiffusersLoader", ("model_path", "whole"));

        var (text, negative) = (nodes.Encode("a red car", loaded[1]), nodes.Encode("", loaded[1]));
        Assert.InRange(ModelNodes.Error(text.Items[0].Context, nodes.Encode("a red car").Items[0].Context), 0, 1e-6);
        var latent = nodes.Sample(loaded[0], text, negative);
        Assert.InRange(ModelNodes.Error(latent, nodes.Sample(nodes.Model, text, negative)), 0, 1e-6);
        Assert.InRange(ModelNodes.Error(((VaeModel)loaded[2]!).Decode(latent), nodes.Vae.Decode(latent)), 0, 1e-6);
    }

    [Fact]
    public void DiffusersLoader_OfAFolderWithoutANetwork_NamesTheFilesItLooksFor()
    {
        nodes.Files.Models["diffusers/model"] = nodes.Folder;

        var error = Assert.Throws<NodeFailedException>(() => nodes.Invoke("DiffusersLoader", ("model_path", "model")));

        Assert.Contains("diffusion_pytorch_model.safetensors", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Of the names that diffusers writes the first that is there counts; the error of a network in another layout tells which file was read.</summary>
    [Fact]
    public void DiffusersLoader_OfANetworkInAnotherLayout_SaysWhatItHas()
    {
        nodes.Files.Models["diffusers/other"] = nodes.Folder;
        nodes.Files.Models["diffusers/other/unet/diffusion_pytorch_model.fp16.safetensors"] = Manifests.PathOf("redux-tiny");

        var error = Assert.Throws<NodeFailedException>(() => nodes.Invoke("DiffusersLoader", ("model_path", "other")));

        Assert.Contains("redux_up", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The overlap is at most a quarter of the tile: 96 of 128 count as 32.</summary>
    [Theory]
    [InlineData(128, 32, 32)]
    [InlineData(128, 96, 32)]
    public void VaeEncodeTiled_Sizes_AreTheEnginesTiles(long tile, long overlap, long counted)
    {
        using var random = new Generator(3);
        var pixels = rand([1, 160, 136, 3], generator: random);

        var latent = (Farm.Worker.Nodes.Latent)nodes.Invoke("VAEEncodeTiled", ("pixels", pixels), ("vae", nodes.Vae), ("tile_size", tile), ("overlap", overlap), ("temporal_size", 64L), ("temporal_overlap", 8L))[0]!;

        Assert.InRange(ModelNodes.Error(latent.Samples, nodes.Vae.EncodeTiled(pixels, tile, counted)), 0, 1e-6);
    }

    private static string TextIdentity(object? clip) => ((ITextEncoder)clip!).Parts[0].Patches.Identity;

    private static string? Under(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
}

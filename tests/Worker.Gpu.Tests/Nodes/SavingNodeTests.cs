using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Text;
using Farm.Worker.Gpu.Tests.Fixtures;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Models saved and loaded again by nodes. Files are in fp16 (10 bits after the point: 2⁻¹¹ = 5e-4 a weight), so changed weights are rounded once.</summary>
public sealed class SavingNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private const double Rounding = 2e-3;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void CheckpointSave_OfAMerge_IsTheMergeWhenLoaded()
    {
        var model = (DiffusionModel)nodes.Invoke("ModelMergeSimple", ("model1", nodes.Model), ("model2", nodes.OtherModel), ("ratio", 0.3))[0]!;
        var clip = (ITextEncoder)nodes.Invoke("CLIPMergeSimple", ("clip1", nodes.Clip), ("clip2", nodes.OtherClip), ("ratio", 0.6))[0]!;
        nodes.Files.Models["checkpoints/saved.safetensors"] = Save("CheckpointSave", ("model", model), ("clip", clip), ("vae", nodes.Vae));

        var loaded = nodes.Invoke("CheckpointLoaderSimple", ("ckpt_name", "saved.safetensors"));

        var text = nodes.Encode("a red car", clip);
        Assert.InRange(ModelNodes.Error(nodes.Encode("a red car", loaded[1]).Items[0].Context, text.Items[0].Context), 0, Rounding);
        Assert.InRange(ModelNodes.Error(Sample(loaded[0]), Sample(model)), 0, Rounding);
        Assert.InRange(ModelNodes.Error(Sample(loaded[0]), Sample(nodes.Model)), 10 * Rounding, 10);
        var latent = ones(1, 4, 4, 4);
        Assert.InRange(ModelNodes.Error(((VaeModel)loaded[2]!).Decode(latent), nodes.Vae.Decode(latent)), 0, 1e-6);
    }

    [Fact]
    public void ModelSaveAndClipSave_OfAnAdapter_AreTheChangedPartsWhenLoaded()
    {
        var changed = nodes.Invoke("LoraLoader", ("model", nodes.Model), ("clip", nodes.Clip), ("lora_name", "lora-tiny.safetensors"), ("strength_model", 0.7), ("strength_clip", 0.4));
        nodes.Files.Models["diffusion_models/saved.safetensors"] = Save("ModelSave", ("model", changed[0]));
        nodes.Files.Models["text_encoders/saved.safetensors"] = Save("CLIPSave", ("clip", changed[1]));

        var model = nodes.Invoke("UNETLoader", ("unet_name", "saved.safetensors"), ("weight_dtype", "default"))[0];
        var clip = nodes.Invoke("CLIPLoader", ("clip_name", "saved.safetensors"), ("type", "stable_diffusion"))[0];

        Assert.InRange(ModelNodes.Error(Sample(model), Sample(changed[0])), 0, Rounding);
        Assert.InRange(ModelNodes.Error(nodes.Encode("a red car", clip).Items[0].Context, nodes.Encode("a red car", changed[1]).Items[0].Context), 0, Rounding);
    }

    /// <summary>A LoRA that changes weights by products of low rank comes back from the difference it made; 1 % of its values are cut.</summary>
    [Fact]
    public void LoraSave_OfTheDifferenceAnAdapterMade_MakesItAgain()
    {
        var changed = Changed("lora-tiny.safetensors", 1.0);
        var difference = nodes.Invoke("ModelMergeSubtract", ("model1", changed), ("model2", nodes.Model), ("multiplier", 1.0))[0];
        nodes.Files.Models["loras/saved.safetensors"] = Save("LoraSave", ("rank", 8L), ("lora_type", "standard"), ("bias_diff", true), ("model_diff", difference));

        var (again, expected, plain) = (Sample(Changed("saved.safetensors", 1.0)), Sample(changed), Sample(nodes.Model));

        var size = ModelNodes.Error(expected, plain);
        Assert.InRange(ModelNodes.Error(again, expected), 0, size / 5);
    }

    private object? Changed(string lora, double strength) => nodes.Invoke("LoraLoaderModelOnly", ("model", nodes.Model), ("lora_name", lora), ("strength_model", strength))[0];

    private Tensor Sample(object? model) => nodes.Sample(model, ModelNodes.Text(1), ModelNodes.Text(2));

    /// <summary>The one file that a node wrote.</summary>
    private string Save(string node, params (string, object?)[] inputs)
    {
        var before = nodes.Files.Written.Count;
        nodes.Invoke(node, [("filename_prefix", "saved"), .. inputs, ("prompt", null), ("extra_pnginfo", null)]);
        return Assert.Single(nodes.Files.Written.Skip(before));
    }
}

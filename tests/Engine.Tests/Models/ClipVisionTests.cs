using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Vision;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>Image towers in the layouts that files have.</summary>
[Collection(nameof(Measured))]
public sealed class ClipVisionTests : IDisposable
{
    private const long Width = 128;
    private const long Projected = 96;
    private const int Patch = 8;
    private const int Side = 3;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(3);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void Encode_InBothLayouts_IsTheSame()
    {
        var source = Transformers();
        var images = rand([2, 40, 30, 4], generator: _random);

        var plain = Open(source.Dict).Encode(images, crop: true);
        var openClip = Open(OpenClip(source.Dict, "embedder.model.visual.")).Encode(images, crop: true);

        Assert.Equal([2L, Side * Side + 1, Width], plain.LastHidden.shape);
        Assert.Equal([2L, Projected], plain.Embeds!.shape);
        Assert.InRange(Fixture.RelativeError(openClip.LastHidden, plain.LastHidden), 0, 1e-6);
        Assert.InRange(Fixture.RelativeError(openClip.Penultimate, plain.Penultimate), 0, 1e-6);
        Assert.InRange(Fixture.RelativeError(openClip.Embeds!, plain.Embeds), 0, 1e-6);
    }

    [Fact]
    public void Encode_WithoutAClassToken_GivesNormedPatchesAndNoSummary()
    {
        var source = Transformers().Dict.Renamed("siglip", name => name is "vision_model.embeddings.class_embedding" or "visual_projection.weight" || name.StartsWith("vision_model.pre_", StringComparison.Ordinal) ? null : name);
        source = source.With(new MemorySource().Add("vision_model.embeddings.position_embedding.weight", _random, Side * Side, Width).Dict);

        var encoding = Open(source).Encode(rand([1, 24, 24, 3], generator: _random), crop: false);

        Assert.Equal([1L, Side * Side, Width], encoding.LastHidden.shape);
        Assert.Null(encoding.Embeds);
        Assert.InRange(encoding.LastHidden.mean([-1L]).abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Encode_LeavesItsResultAlone()
    {
        var vision = Open(Transformers().Dict);
        var images = rand([1, 24, 24, 3], generator: _random);
        Encode();
        var before = LiveTensors.Count();

        Encode();

        Assert.Equal(before, Tensor.TotalCount);

        void Encode()
        {
            using var scope = NewDisposeScope();
            vision.Encode(images, crop: true);
        }
    }

    private ClipVision Open(StateDict file) => new PartBuilder("test", _memory, ComputePrecision.Fp32, embeddings: null).Vision(file)!;

    private MemorySource Transformers()
    {
        var source = new MemorySource()
            .Add("vision_model.embeddings.class_embedding", _random, Width)
            .Add("vision_model.embeddings.patch_embedding.weight", _random, Width, 3, Patch, Patch)
            .Add("vision_model.embeddings.position_embedding.weight", _random, Side * Side + 1, Width)
            .Norm("vision_model.pre_layrnorm", Width).Norm("vision_model.post_layernorm", Width)
            .Add("visual_projection.weight", _random, Projected, Width);
        for (var i = 0; i < 2; i++)
        {
            var layer = $"vision_model.encoder.layers.{i}.";
            source.Norm(layer + "layer_norm1", Width).Norm(layer + "layer_norm2", Width).Linear(layer + "mlp.fc1", _random, 4 * Width, Width).Linear(layer + "mlp.fc2", _random, Width, 4 * Width);
            foreach (var name in (string[])["q_proj", "k_proj", "v_proj", "out_proj"]) source.Linear(layer + "self_attn." + name, _random, Width, Width);
        }
        return source;
    }

    /// <summary>The same weights as OpenCLIP stores them.</summary>
    private static StateDict OpenClip(StateDict tower, string prefix)
    {
        var source = new MemorySource();
        foreach (var (theirs, ours) in ((string, string)[])[
            ("class_embedding", "embeddings.class_embedding"), ("conv1.weight", "embeddings.patch_embedding.weight"), ("positional_embedding", "embeddings.position_embedding.weight"),
            ("ln_pre.weight", "pre_layrnorm.weight"), ("ln_pre.bias", "pre_layrnorm.bias"), ("ln_post.weight", "post_layernorm.weight"), ("ln_post.bias", "post_layernorm.bias")])
            source.Add(prefix + theirs, tower.Open("vision_model." + ours));
        source.Add(prefix + "proj", tower.Open("visual_projection.weight").t().contiguous());
        for (var i = 0; i < 2; i++)
        {
            var (layer, block) = ($"vision_model.encoder.layers.{i}.", $"{prefix}transformer.resblocks.{i}.");
            foreach (var kind in (string[])["weight", "bias"])
            {
                source.Add($"{block}attn.in_proj_{kind}", cat([.. ((string[])["q", "k", "v"]).Select(name => tower.Open($"{layer}self_attn.{name}_proj.{kind}"))], 0));
                foreach (var (theirs, ours) in ((string, string)[])[("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"), ("attn.out_proj", "self_attn.out_proj")])
                    source.Add($"{block}{theirs}.{kind}", tower.Open($"{layer}{ours}.{kind}"));
            }
        }
        return source.Dict;
    }
}

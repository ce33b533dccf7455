using Farm.Engine.Models.Gligen;
using Farm.Engine.Models.Vision;
using Farm.Engine.Weights;
using Farm.Nodes;
using Farm.Testing;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Nodes of image towers, unCLIP and GLIGEN, over files with random weights.</summary>
public sealed class VisionNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private const long Width = 64, Projected = 48;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(3);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
    }

    [Theory]
    [InlineData("center", true)]
    [InlineData("none", false)]
    public void ClipVisionEncode_Crop_IsTheEngines(string crop, bool crops)
    {
        nodes.Files.Models["clip_vision/tower.safetensors"] = Tower("tower.safetensors");
        var image = rand([2, 40, 24, 3], generator: _random);
        var tower = Assert.IsType<ClipVision>(nodes.Invoke("CLIPVisionLoader", ("clip_name", "tower.safetensors"))[0]);

        var encoded = Assert.IsType<VisionOutput>(nodes.Invoke("CLIPVisionEncode", ("clip_vision", tower), ("image", image), ("crop", crop))[0]).Encoding;

        var expected = tower.Encode(image, crops);
        Assert.Equal([2, Projected], encoded.Embeds!.shape);
        Assert.InRange(ModelNodes.Error(encoded.Embeds, expected.Embeds!), 0, 1e-6);
        Assert.InRange(ModelNodes.Error(encoded.Penultimate, expected.Penultimate), 0, 1e-6);
        Assert.InRange(ModelNodes.Error(encoded.Embeds, tower.Encode(image, !crops).Embeds!), 1e-4, 10);
    }

    /// <summary>An image asks for itself on every item, behind those asked for before.</summary>
    [Fact]
    public void UnClipConditioning_Twice_AsksForBoth()
    {
        var (first, second) = (Vision(rand([1, Projected], generator: _random)), Vision(rand([2, Projected], generator: _random)));
        var once = nodes.Invoke("unCLIPConditioning", ("conditioning", ModelNodes.Text(1)), ("clip_vision_output", first), ("strength", 0.5), ("noise_augmentation", 0.25))[0];

        var twice = (Conditioning)nodes.Invoke("unCLIPConditioning", ("conditioning", once), ("clip_vision_output", second), ("strength", 2.0), ("noise_augmentation", 0.0))[0]!;

        var images = Assert.IsType<AskedImages>(twice.Items[0].Options["unclip_conditioning"]).Images;
        Assert.Equal([(0.5f, 0.25), (2f, 0), (2f, 0)], images.Select(image => (image.Strength, image.NoiseAugmentation)));
        Assert.InRange(ModelNodes.Error(cat([.. images.Select(image => image.Embeds)], 0), cat([first.Encoding.Embeds!, second.Encoding.Embeds!], 0)), 0, 1e-7);
    }

    [Fact]
    public void UnClipConditioning_OfNoStrengthOrNoSummary_LeavesOrRefuses()
    {
        var (text, summary) = (ModelNodes.Text(1), Vision(rand([1, Projected], generator: _random)));
        var without = new VisionOutput(summary.Encoding with { Embeds = null });

        Assert.Same(text, nodes.Invoke("unCLIPConditioning", ("conditioning", text), ("clip_vision_output", without), ("strength", 0.0), ("noise_augmentation", 0.0))[0]);
        Assert.Contains("clip_vision_output", Assert.Throws<NodeFailedException>(
            () => nodes.Invoke("unCLIPConditioning", ("conditioning", text), ("clip_vision_output", without), ("strength", 1.0), ("noise_augmentation", 0.0))).Message, StringComparison.Ordinal);
    }

    /// <summary>The small network of SD2.x with a vector for images, and OpenCLIP's tower under the name that these checkpoints have it.</summary>
    [Fact]
    public void UnClipCheckpointLoader_OfAWholeCheckpoint_DrawsWhatTheImageIs()
    {
        var tower = nodes.Loader.LoadVision(Tower("alone.safetensors", 1024));
        nodes.Files.Models["checkpoints/unclip.safetensors"] = UnClip("unclip.safetensors", Path.Combine(nodes.Folder, "alone.safetensors"));
        var (one, other) = (rand([1, 24, 24, 3], generator: _random), rand([1, 24, 24, 3], generator: _random));

        var loaded = nodes.Invoke("unCLIPCheckpointLoader", ("ckpt_name", "unclip.safetensors"));

        Assert.InRange(ModelNodes.Error(Encode(loaded[3], one).Embeds!, tower.Encode(one, crop: true).Embeds!), 0, 1e-6);
        var (text, negative) = (ModelNodes.Text(1, 1024), ModelNodes.Text(2, 1024));
        var (without, first, again, second) = (Sample(text), Sample(Asked(one)), Sample(Asked(one)), Sample(Asked(other)));
        Assert.InRange(ModelNodes.Error(again, first), 0, 1e-6);
        Assert.InRange(ModelNodes.Error(first, without), 1e-4, 100);
        Assert.InRange(ModelNodes.Error(second, first), 1e-4, 100);

        Tensor Sample(object? positive) => nodes.Sample(loaded[0], positive, negative);

        object? Asked(Tensor image) => nodes.Invoke("unCLIPConditioning", ("conditioning", text), ("clip_vision_output", new VisionOutput(Encode(loaded[3], image))), ("strength", 1.0), ("noise_augmentation", 0.1))[0];
    }

    [Fact]
    public void UnClipCheckpointLoader_OfACheckpointWithoutATower_SaysSo()
    {
        var error = Assert.Throws<NodeFailedException>(() => nodes.Invoke("unCLIPCheckpointLoader", ("ckpt_name", "sd15-tiny.safetensors")));

        Assert.Contains("image tower", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Boxes in cells of 8 pixels, the text's unprojected summary, each behind those before; and a run that follows them.</summary>
    [Fact]
    public void GligenTextBoxApply_TwoBoxes_AreCellsAndSummaries()
    {
        nodes.Files.Models["gligen/boxes.safetensors"] = GligenFile("boxes.safetensors");
        var gligen = Assert.IsType<Gligen>(nodes.Invoke("GLIGENLoader", ("gligen_name", "boxes.safetensors"))[0]);
        (string, object?)[] shared = [("clip", nodes.Clip), ("gligen_textbox_model", gligen)];
        var text = ModelNodes.Text(1);

        var once = nodes.Invoke("GLIGENTextBoxApply", [.. shared, ("conditioning_to", text), ("text", "a red car"), ("width", 32L), ("height", 16L), ("x", 8L), ("y", 24L)])[0];
        var twice = (Conditioning)nodes.Invoke("GLIGENTextBoxApply", [.. shared, ("conditioning_to", once), ("text", "a cat"), ("width", 24L), ("height", 24L), ("x", 0L), ("y", 0L)])[0]!;

        var boxes = Assert.IsType<TextBoxes>(twice.Items[0].Options["gligen"]);
        Assert.Same(gligen, boxes.Gligen);
        Assert.Equal([(2L, 4L, 3L, 1L), (3L, 3L, 0L, 0L)], boxes.Texts.Select(box => (box.Height, box.Width, box.Y, box.X)));
        Assert.InRange(ModelNodes.Error(boxes.Texts[0].Summary, nodes.Clip.Encode("a red car").Summary), 0, 1e-6);
        var negative = ModelNodes.Text(2);
        Assert.InRange(ModelNodes.Error(nodes.Sample(nodes.Model, twice, negative), nodes.Sample(nodes.Model, text, negative)), 1e-4, 10);
    }

    private static VisionOutput Vision(Tensor embeds) => new(new VisionEncoding(zeros(1, 2, 4), zeros(1, 2, 4), embeds));

    private VisionEncoding Encode(object? tower, Tensor image) =>
        ((VisionOutput)nodes.Invoke("CLIPVisionEncode", ("clip_vision", tower), ("image", image), ("crop", "center"))[0]!).Encoding;

    /// <summary>A checkpoint of SD2.x that takes an image's summary of 1024 numbers with the level of its noise, 1024 sinusoids.</summary>
    private string UnClip(string name, string towerPath)
    {
        using var unet = SafetensorsFile.Open(Manifests.PathOf("sd2-tiny"));
        using var tower = SafetensorsFile.Open(towerPath);
        var file = unet.Tensors.ToDictionary(tensor => tensor.Name, tensor => unet.OpenTensor(tensor.Name), StringComparer.Ordinal);
        const string vector = "model.diffusion_model.label_emb.0.";
        Linear(file, vector + "0", 1280, 2048);
        Linear(file, vector + "2", 1280, 1280);
        (file["noise_augmentor.data_mean"], file["noise_augmentor.data_std"]) = (Random(1, 1024), ones(1, 1024));
        OpenClip(file, tower, "embedder.model.visual.");
        return Write(name, file);
    }

    /// <summary>The tower as OpenCLIP stores it: the three input projections of a layer fused, the projection transposed.</summary>
    private static void OpenClip(Dictionary<string, Tensor> file, SafetensorsFile tower, string prefix)
    {
        file[prefix + "proj"] = tower.OpenTensor("visual_projection.weight").t().contiguous();
        foreach (var (theirs, ours) in ((string, string)[])[
            ("class_embedding", "embeddings.class_embedding"), ("conv1.weight", "embeddings.patch_embedding.weight"), ("positional_embedding", "embeddings.position_embedding.weight"),
            ("ln_pre.weight", "pre_layrnorm.weight"), ("ln_pre.bias", "pre_layrnorm.bias"), ("ln_post.weight", "post_layernorm.weight"), ("ln_post.bias", "post_layernorm.bias")])
            file[prefix + theirs] = tower.OpenTensor("vision_model." + ours);
        foreach (var kind in (string[])["weight", "bias"])
        {
            for (var i = 0; i < 2; i++)
            {
                var (layer, block) = ($"vision_model.encoder.layers.{i}.", $"{prefix}transformer.resblocks.{i}.");
                file[$"{block}attn.in_proj_{kind}"] = cat([.. ((string[])["q", "k", "v"]).Select(part => tower.OpenTensor($"{layer}self_attn.{part}_proj.{kind}"))], 0);
                foreach (var (theirs, ours) in ((string, string)[])[("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"), ("attn.out_proj", "self_attn.out_proj")])
                    file[$"{block}{theirs}.{kind}"] = tower.OpenTensor($"{layer}{ours}.{kind}");
            }
        }
    }

    /// <summary>A tower of two layers in transformers' names, on pictures of 24 pixels in patches of 8.</summary>
    private string Tower(string name, long projected = Projected)
    {
        var file = new Dictionary<string, Tensor>
        {
            ["vision_model.embeddings.class_embedding"] = Random(Width),
            ["vision_model.embeddings.patch_embedding.weight"] = Random(Width, 3, 8, 8),
            ["vision_model.embeddings.position_embedding.weight"] = Random(10, Width),
            ["visual_projection.weight"] = Random(projected, Width),
        };
        Norm(file, Width, "vision_model.pre_layrnorm", "vision_model.post_layernorm");
        for (var i = 0; i < 2; i++)
        {
            var layer = $"vision_model.encoder.layers.{i}.";
            Norm(file, Width, layer + "layer_norm1", layer + "layer_norm2");
            Linear(file, layer + "mlp.fc1", 4 * Width, Width);
            Linear(file, layer + "mlp.fc2", Width, 4 * Width);
            foreach (var part in (string[])["q_proj", "k_proj", "v_proj", "out_proj"]) Linear(file, layer + "self_attn." + part, Width, Width);
        }
        return Write(name, file);
    }

    /// <summary>A position net, and a fuser with open gates in the first transformer block of the small network.</summary>
    private string GligenFile(string name)
    {
        const string block = "input_blocks.1.1.transformer_blocks.0.fuser.";
        const long width = 320, text = 768;
        var file = new Dictionary<string, Tensor>
        {
            ["position_net.null_positive_feature"] = Random(text), ["position_net.null_position_feature"] = Random(64),
            [block + "alpha_attn"] = tensor(1f), [block + "alpha_dense"] = tensor(1f),
        };
        Linear(file, "position_net.linears.0", 512, text + 64);
        Linear(file, "position_net.linears.2", 512, 512);
        Linear(file, "position_net.linears.4", text, 512);
        Linear(file, block + "linear", width, text);
        Norm(file, width, block + "norm1", block + "norm2");
        Linear(file, block + "ff.net.0.proj", 8 * width, width);
        Linear(file, block + "ff.net.2", width, 4 * width);
        Linear(file, block + "attn.to_out.0", width, width);
        foreach (var part in (string[])["to_q", "to_k", "to_v"]) file[$"{block}attn.{part}.weight"] = Random(width, width);
        return Write(name, file);
    }

    private string Write(string name, Dictionary<string, Tensor> tensors)
    {
        var path = Path.Combine(nodes.Folder, name);
        SafetensorsWriter.Write(path, [.. tensors]);
        return path;
    }

    private void Linear(Dictionary<string, Tensor> file, string name, long outputs, long inputs) => (file[name + ".weight"], file[name + ".bias"]) = (Random(outputs, inputs), Random(outputs));

    private static void Norm(Dictionary<string, Tensor> file, long width, params string[] names)
    {
        foreach (var name in names) (file[name + ".weight"], file[name + ".bias"]) = (ones(width), zeros(width));
    }

    private Tensor Random(params long[] shape) => randn(shape, generator: _random) * 0.1;
}

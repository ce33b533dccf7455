using Farm.Engine.Models.Control;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using Farm.Testing;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Nodes of control networks; their runs are held against ControlNetApplyAdvanced's, which is recorded.</summary>
public sealed class ControlNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private const string File = "controlnet-tiny.safetensors";

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Conditioning _positive = ModelNodes.Text(1), _negative = ModelNodes.Text(2);
    private readonly Tensor _image = linspace(0, 1, 64 * 64 * 3).reshape(1, 64, 64, 3);

    public void Dispose() => _scope.Dispose();

    /// <summary>The older node controls both sides, whatever the negative is.</summary>
    [Fact]
    public void ControlNetApply_OnThePositive_ControlsBothSides()
    {
        var net = nodes.Invoke("ControlNetLoader", ("control_net_name", File))[0];

        var controlled = Assert.IsType<Conditioning>(nodes.Invoke("ControlNetApply", ("conditioning", _positive), ("control_net", net), ("image", _image), ("strength", 0.8))[0]);

        var options = Assert.Single(controlled.Items).Options;
        Assert.Equal(true, options["control_apply_to_uncond"]);
        Assert.Same(_image, Assert.IsType<AppliedControl>(options["control"]).Picture);
        var (actual, expected) = (nodes.Sample(nodes.Model, controlled, _negative), Advanced(net));
        Assert.InRange(ModelNodes.Error(actual, expected), 0, 1e-6);
        Assert.InRange(ModelNodes.Error(actual, nodes.Sample(nodes.Model, _positive, _negative)), 1e-4, 10);
    }

    [Fact]
    public void ControlNetApply_OfNoStrength_LeavesTheConditioning()
    {
        var net = nodes.Invoke("ControlNetLoader", ("control_net_name", File))[0];

        Assert.Same(_positive, nodes.Invoke("ControlNetApply", ("conditioning", _positive), ("control_net", net), ("image", _image), ("strength", 0.0))[0]);
        Assert.Equal([_positive, _negative], nodes.Invoke("ControlNetApplySD3", Inputs(net, 0)));
    }

    [Fact]
    public void ControlNetApplySD3_IsApplyAdvanced()
    {
        var net = nodes.Invoke("ControlNetLoader", ("control_net_name", File))[0];

        var sides = nodes.Invoke("ControlNetApplySD3", Inputs(net, 0.8));

        Assert.InRange(ModelNodes.Error(nodes.Sample(nodes.Model, sides[0], sides[1]), Advanced(net)), 0, 1e-6);
    }

    [Fact]
    public void DiffControlNetLoader_OfAWholeNetwork_IsControlNetLoader()
    {
        var net = nodes.Invoke("DiffControlNetLoader", ("model", nodes.Model), ("control_net_name", File))[0];

        Assert.InRange(ModelNodes.Error(Advanced(net), Advanced(nodes.Invoke("ControlNetLoader", ("control_net_name", File))[0])), 0, 1e-6);
    }

    /// <summary>A network of one kind of pictures does the same whatever kind it is told.</summary>
    [Fact]
    public void SetUnionControlNetType_OfAPlainNetwork_ChangesNothing()
    {
        var net = nodes.Invoke("ControlNetLoader", ("control_net_name", File))[0];

        var told = nodes.Invoke("SetUnionControlNetType", ("control_net", net), ("type", "tile"))[0];

        Assert.InRange(ModelNodes.Error(Advanced(told), Advanced(net)), 0, 1e-6);
    }

    /// <summary>The numbers of the networks that are in the wild (xinsir's): HED, PiDiNet, scribbles and TEED share one, Canny, both kinds of line art and MLSD another.</summary>
    [Fact]
    public void SetUnionControlNetType_EachKind_IsItsNumber()
    {
        nodes.Files.Models["controlnet/union.safetensors"] = UnionFile();
        var net = (ControlNet)nodes.Invoke("ControlNetLoader", ("control_net_name", "union.safetensors"))[0]!;
        (string Kind, int? Number)[] kinds =
        [
            ("auto", null), ("openpose", 0), ("depth", 1), ("hed/pidi/scribble/ted", 2), ("canny/lineart/anime_lineart/mlsd", 3), ("normal", 4), ("segment", 5), ("tile", 6), ("repaint", 7),
        ];
        List<Tensor> seen = [];

        foreach (var (kind, number) in kinds)
        {
            var middle = Middle((ControlNet)nodes.Invoke("SetUnionControlNetType", ("control_net", net), ("type", kind))[0]!);
            Assert.InRange(ModelNodes.Error(middle, Middle(net.OfType(number))), 0, 1e-6);
            Assert.All(seen, other => Assert.InRange(ModelNodes.Error(middle, other), 1e-4, 100));
            seen.Add(middle);
        }
    }

    private Tensor Middle(ControlNet net)
    {
        using var mode = inference_mode(true);
        return net.With(_image, 1).Compute(new ControlCall(nodes.Model, ones(1, 4, 8, 8), 2, _positive.Items[0].Context, Y: null))!.Middle[0]!;
    }

    /// <summary>The small control network with what makes it read several kinds of pictures.</summary>
    private string UnionFile()
    {
        const long width = 320, time = 1280;
        const int kinds = 8, sinusoid = 256;
        using var random = new Generator(3);
        using var file = SafetensorsFile.Open(Manifests.PathOf("controlnet-tiny"));
        var tensors = file.Tensors.ToDictionary(tensor => tensor.Name["control_model.".Length..], tensor => file.OpenTensor(tensor.Name), StringComparer.Ordinal);
        const string layer = "transformer_layes.0.";
        tensors["task_embedding"] = Random(kinds, width) * 10;
        foreach (var norm in (string[])["ln_1", "ln_2"]) (tensors[$"{layer}{norm}.weight"], tensors[$"{layer}{norm}.bias"]) = (ones(width), zeros(width));
        (tensors[layer + "attn.in_proj_weight"], tensors[layer + "attn.in_proj_bias"]) = (Random(3 * width, width), Random(3 * width));
        foreach (var (name, outputs, inputs) in ((string, long, long)[])[
            (layer + "attn.out_proj", width, width), (layer + "mlp.c_fc", 4 * width, width), (layer + "mlp.c_proj", width, 4 * width), ("spatial_ch_projs", width, width),
            ("control_add_embedding.linear_1", time, kinds * sinusoid), ("control_add_embedding.linear_2", time, time)])
            (tensors[name + ".weight"], tensors[name + ".bias"]) = (Random(outputs, inputs), Random(outputs));
        var path = Path.Combine(nodes.Folder, "union.safetensors");
        SafetensorsWriter.Write(path, [.. tensors]);
        return path;

        Tensor Random(params long[] shape) => randn(shape, generator: random) * 0.1;
    }

    private Tensor Advanced(object? net)
    {
        var sides = nodes.Invoke("ControlNetApplyAdvanced", Inputs(net, 0.8));
        return nodes.Sample(nodes.Model, sides[0], sides[1]);
    }

    private (string, object?)[] Inputs(object? net, double strength) =>
        [("positive", _positive), ("negative", _negative), ("control_net", net), ("vae", nodes.Vae), ("image", _image), ("strength", strength), ("start_percent", 0.0), ("end_percent", 1.0)];
}

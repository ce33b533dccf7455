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

    private Tensor Advanced(object? net)
    {
        var sides = nodes.Invoke("ControlNetApplyAdvanced", Inputs(net, 0.8));
        return nodes.Sample(nodes.Model, sides[0], sides[1]);
    }

    private (string, object?)[] Inputs(object? net, double strength) =>
        [("positive", _positive), ("negative", _negative), ("control_net", net), ("vae", nodes.Vae), ("image", _image), ("strength", strength), ("start_percent", 0.0), ("end_percent", 1.0)];
}

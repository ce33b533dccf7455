using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Changes a model by a hypernetwork on its attentions' keys and values.</summary>
internal sealed class HypernetworkLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("HypernetworkLoader").In("loaders").Module("comfy_extras.nodes_hypernetwork")
        .Input("model", "MODEL")
        .FileCombo("hypernetwork_name", "hypernetworks")
        .Float("strength", 1.0, -10.0, 10.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var network = ModelFiles.Open(call, "hypernetworks", "hypernetwork_name", "hypernetwork", (loader, path) => loader.LoadHypernetwork(path));
        return NodeResult.Of(network.ApplyTo(call.Get<DiffusionModel>("model"), call.Get<float>("strength")));
    }
}

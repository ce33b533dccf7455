using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a control network that may be stored as its difference to a model.</summary>
internal sealed class DiffControlNetLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("DiffControlNetLoader", "Load ControlNet Model (diff)").In("loaders").Module("nodes")
        .Input("model", "MODEL")
        .FileCombo("control_net_name", "controlnet")
        .Output("CONTROL_NET");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ModelFiles.Open(call, "controlnet", "control_net_name", "control network", (loader, path) => loader.LoadControl(path, call.Get<DiffusionModel>("model"))));
}

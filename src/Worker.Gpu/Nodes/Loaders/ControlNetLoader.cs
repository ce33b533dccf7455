using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a control network.</summary>
internal sealed class ControlNetLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ControlNetLoader", "Load ControlNet Model").In("loaders").Module("nodes")
        .FileCombo("control_net_name", "controlnet")
        .Output("CONTROL_NET");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ModelFiles.Open(call, "controlnet", "control_net_name", "control network", (loader, path) => loader.LoadControl(path)));
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adds a control network with its picture to both sides for a part of the walk.</summary>
internal sealed class ControlNetApplyAdvanced : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ControlNetApplyAdvanced", "Apply ControlNet").In("conditioning/controlnet").Module("nodes")
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("control_net", "CONTROL_NET")
        .Input("image", "IMAGE")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001)
        .Float("end_percent", 1.0, 0.0, 1.0, 0.001)
        .OptionalInputs()
        .Input("vae", "VAE")
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult? Run(NodeCall call) => Apply(call);

    /// <summary>Both sides of a call with its control.</summary>
    internal static NodeResult Apply(NodeCall call)
    {
        var (positive, negative) = (call.Get<Conditioning>("positive"), call.Get<Conditioning>("negative"));
        if (call.Get<float>("strength") == 0) return NodeResult.Of(positive, negative);
        var both = AppliedControl.To([positive, negative], call, call.Get<double>("start_percent"), call.Get<double>("end_percent"));
        return NodeResult.Of(both[0], both[1]);
    }
}

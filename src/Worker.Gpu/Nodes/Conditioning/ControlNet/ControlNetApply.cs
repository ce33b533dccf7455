using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adds a control network with its picture to a conditioning, and to what it is guided against.</summary>
internal sealed class ControlNetApply : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ControlNetApply", "Apply ControlNet (OLD)").In("conditioning/controlnet").Module("nodes")
        .Deprecated()
        .Input("conditioning", "CONDITIONING")
        .Input("control_net", "CONTROL_NET")
        .Input("image", "IMAGE")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call)
    {
        var conditioning = call.Get<Conditioning>("conditioning");
        if (call.Get<float>("strength") == 0) return NodeResult.Of(conditioning);
        return NodeResult.Of(AppliedControl.To([conditioning], call, 0, 1)[0].With((AppliedControl.OnBothSides, true)));
    }
}

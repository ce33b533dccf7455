using Farm.Engine.Models.Control;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Says which kind of picture a union control network gets.</summary>
internal sealed class SetUnionControlNetType : Node
{
    private const string Auto = "auto";

    /// <summary>In the order that the networks number them.</summary>
    private static readonly string[] Kinds = ["openpose", "depth", "hed/pidi/scribble/ted", "canny/lineart/anime_lineart/mlsd", "normal", "segment", "tile", "repaint"];

    protected override void Define(NodeBuilder node) => node
        .Named("SetUnionControlNetType").In("conditioning/controlnet").Module("comfy_extras.nodes_controlnet")
        .Input("control_net", "CONTROL_NET")
        .Combo("type", [Auto, .. Kinds])
        .Output("CONTROL_NET");

    protected override NodeResult? Run(NodeCall call)
    {
        var kind = Array.IndexOf(Kinds, call.Get<string>("type"));
        return NodeResult.Of(call.Get<ControlNet>("control_net").OfType(kind < 0 ? null : kind));
    }
}

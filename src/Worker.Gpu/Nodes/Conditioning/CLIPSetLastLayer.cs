using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Lets the text side stop at an earlier layer.</summary>
internal sealed class CLIPSetLastLayer : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPSetLastLayer", "CLIP Set Last Layer").In("conditioning").Module("nodes")
        .Input("clip", "CLIP")
        .Int("stop_at_clip_layer", -1, -24, -1, 1, options: o => o.Advanced())
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<ITextEncoder>("clip").WithLastLayer(call.Get<int>("stop_at_clip_layer")));
}

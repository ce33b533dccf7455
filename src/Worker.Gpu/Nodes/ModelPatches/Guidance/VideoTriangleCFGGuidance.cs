using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A scale that rises to the middle frame and falls again.</summary>
internal sealed class VideoTriangleCFGGuidance : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("VideoTriangleCFGGuidance", "VideoTriangleCFGGuidance").In("sampling/video_models").Module("comfy_extras.nodes_video_model")
        .Input("model", "MODEL")
        .Float("min_cfg", 1.0, 0.0, 100.0, 0.5, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var least = call.Get<float>("min_cfg");
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks with { Mix = VideoCfg.Triangle(least) } }));
    }
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The frame rate that LTXV is asked for.</summary>
internal sealed class LTXVConditioning : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("LTXVConditioning").In("conditioning/video_models").Module("comfy_extras.nodes_lt")
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Float("frame_rate", 25.0, 0.0, 1000.0, 0.01)
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult? Run(NodeCall call)
    {
        (string, object?) rate = ("frame_rate", call.Get<double>("frame_rate"));
        return NodeResult.Of(call.Get<Conditioning>("positive").With(rate), call.Get<Conditioning>("negative").With(rate));
    }
}

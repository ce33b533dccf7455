using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Which seconds of a piece, and of how long a piece, Stable Audio is asked for.</summary>
internal sealed class ConditioningStableAudio : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ConditioningStableAudio").In("conditioning").Module("comfy_extras.nodes_audio")
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Float("seconds_start", 0.0, 0.0, 1000.0, 0.1)
        .Float("seconds_total", 47.0, 0.0, 1000.0, 0.1)
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult? Run(NodeCall call)
    {
        (string, object?)[] seconds = [("seconds_start", call.Get<double>("seconds_start")), ("seconds_total", call.Get<double>("seconds_total"))];
        return NodeResult.Of(call.Get<Conditioning>("positive").With(seconds), call.Get<Conditioning>("negative").With(seconds));
    }
}

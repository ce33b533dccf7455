using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Silence.</summary>
internal sealed class EmptyAudio : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyAudio", "Empty Audio").In("audio").Module("comfy_extras.nodes_audio")
        .Float("duration", 60.0, 0.0, options: o => o.Set("max", ulong.MaxValue).Set("step", 0.01))
        .Int("sample_rate", 44100, 1, 192000, options: o => o.Advanced())
        .Int("channels", 2, 1, 2, options: o => o.Advanced())
        .Output("AUDIO");

    protected override NodeResult Compute(NodeCall call)
    {
        var rate = call.Get<long>("sample_rate");
        var length = Sizes.Round(call.Get<double>("duration") * rate);
        return NodeResult.Of(new Audio(zeros(TensorMemory.Require(1, call.Get<long>("channels"), length)), rate));
    }
}

using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A stretch of a sound; a negative start counts from its end.</summary>
internal sealed class TrimAudioDuration : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("TrimAudioDuration", "Trim Audio Duration").In("audio").Module("comfy_extras.nodes_audio")
        .Input("audio", "AUDIO")
        .Float("start_index", 0.0, options: o => o.Set("min", -(BigInteger)ulong.MaxValue).Set("max", ulong.MaxValue).Set("step", 0.01))
        .Float("duration", 60.0, 0.0, step: 0.01)
        .Output("AUDIO");

    protected override NodeResult Compute(NodeCall call)
    {
        var audio = Audio.Of(call, "audio");
        var start = Sizes.Round(call.Get<double>("start_index") * audio.SampleRate);
        start = Math.Clamp(start < 0 ? audio.Length + start : start, 0, Math.Max(audio.Length - 1, 0));
        var end = Math.Min(start + Sizes.Round(call.Get<double>("duration") * audio.SampleRate), audio.Length);
        if (start >= end) throw NodeFailedException.ValueError("duration: nothing is left; it must be more than 0 and the start must lie before the end");
        return NodeResult.Of(audio with { Waveform = audio.Waveform.narrow(2, start, end - start).contiguous() });
    }
}

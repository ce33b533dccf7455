using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Two sounds one after the other, at the higher rate of both.</summary>
internal sealed class AudioConcat : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AudioConcat", "Audio Concat").In("audio").Module("comfy_extras.nodes_audio")
        .Input("audio1", "AUDIO")
        .Input("audio2", "AUDIO")
        .Combo("direction", ["after", "before"], "after")
        .Output("AUDIO");

    protected override NodeResult Compute(NodeCall call)
    {
        var (first, second) = (Stereo(Audio.Of(call, "audio1")), Stereo(Audio.Of(call, "audio2")));
        var rate = Math.Max(first.SampleRate, second.SampleRate);
        Tensor[] waves = [Resampling.To(first, rate).Waveform, Resampling.To(second, rate).Waveform];
        if (call.Get<string>("direction") == "before") Array.Reverse(waves);
        return NodeResult.Of(new Audio(cat(waves, 2), rate));
    }

    private static Audio Stereo(Audio audio) => audio.Channels == 1 ? audio with { Waveform = audio.Waveform.expand(-1, 2, -1) } : audio;
}

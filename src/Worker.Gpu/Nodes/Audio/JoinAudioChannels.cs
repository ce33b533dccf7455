using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Two sounds of one channel as left and right, for the length of the shorter one.</summary>
internal sealed class JoinAudioChannels : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("JoinAudioChannels", "Join Audio Channels").In("audio").Module("comfy_extras.nodes_audio")
        .Input("audio_left", "AUDIO")
        .Input("audio_right", "AUDIO")
        .Output("AUDIO", "audio");

    protected override NodeResult Compute(NodeCall call)
    {
        var (left, right) = (Mono(call, "audio_left"), Mono(call, "audio_right"));
        var rate = Math.Max(left.SampleRate, right.SampleRate);
        (left, right) = (Resampling.To(left, rate), Resampling.To(right, rate));
        var length = Math.Min(left.Length, right.Length);
        return NodeResult.Of(new Audio(cat([left.Waveform.narrow(2, 0, length), right.Waveform.narrow(2, 0, length)], 1), rate));
    }

    private static Audio Mono(NodeCall call, string input)
    {
        var audio = Audio.Of(call, input);
        return audio.Channels == 1 ? audio : throw NodeFailedException.ValueError($"{input}: one channel is expected, not {audio.Channels}");
    }
}

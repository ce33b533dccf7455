using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Left and right as sounds of their own.</summary>
internal sealed class SplitAudioChannels : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SplitAudioChannels", "Split Audio Channels").In("audio").Module("comfy_extras.nodes_audio")
        .Input("audio", "AUDIO")
        .Output("AUDIO", "left")
        .Output("AUDIO", "right");

    protected override NodeResult Compute(NodeCall call)
    {
        var audio = Audio.Of(call, "audio");
        if (audio.Channels != 2) throw NodeFailedException.ValueError($"audio: two channels are expected, not {audio.Channels}");
        return NodeResult.Of(
            audio with { Waveform = audio.Waveform.narrow(1, 0, 1).contiguous() },
            audio with { Waveform = audio.Waveform.narrow(1, 1, 1).contiguous() });
    }
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Louder or quieter, by decibels; nothing is cut.</summary>
internal sealed class AudioAdjustVolume : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AudioAdjustVolume", "Audio Adjust Volume").In("audio").Module("comfy_extras.nodes_audio")
        .Input("audio", "AUDIO")
        .Int("volume", 1, -100, 100)
        .Output("AUDIO");

    protected override NodeResult Compute(NodeCall call)
    {
        var audio = Audio.Of(call, "audio");
        var decibels = call.Get<double>("volume");
        return NodeResult.Of(decibels == 0 ? audio : audio with { Waveform = audio.Waveform * Math.Pow(10, decibels / 20) });
    }
}

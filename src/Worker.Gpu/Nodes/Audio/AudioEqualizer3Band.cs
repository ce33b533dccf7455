using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Raises or lowers lows, mids and highs.</summary>
internal sealed class AudioEqualizer3Band : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AudioEqualizer3Band", "Audio Equalizer (3-Band)").In("audio").Module("comfy_extras.nodes_audio")
        .Experimental()
        .Input("audio", "AUDIO")
        .Float("low_gain_dB", 0.0, -24.0, 24.0, 0.1)
        .Int("low_freq", 100, 20, 500)
        .Float("mid_gain_dB", 0.0, -24.0, 24.0, 0.1)
        .Int("mid_freq", 1000, 200, 4000)
        .Float("mid_q", 0.707, 0.1, 10.0, 0.1)
        .Float("high_gain_dB", 0.0, -24.0, 24.0, 0.1)
        .Int("high_freq", 5000, 1000, 15000)
        .Output("AUDIO");

    protected override NodeResult Compute(NodeCall call)
    {
        var audio = Audio.Of(call, "audio");
        double Number(string name) => call.Get<double>(name);
        var wave = audio.Waveform;
        if (Number("low_gain_dB") != 0) wave = Biquad.LowShelf(audio.SampleRate, Number("low_freq"), Number("low_gain_dB"), ShelfQ).Apply(wave);
        if (Number("mid_gain_dB") != 0) wave = Biquad.Peak(audio.SampleRate, Number("mid_freq"), Number("mid_gain_dB"), Number("mid_q")).Apply(wave);
        if (Number("high_gain_dB") != 0) wave = Biquad.HighShelf(audio.SampleRate, Number("high_freq"), Number("high_gain_dB"), ShelfQ).Apply(wave);
        return NodeResult.Of(audio with { Waveform = wave });
    }

    private const double ShelfQ = 0.707;
}

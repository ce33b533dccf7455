using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Two sounds at once, for the length of the first, at the higher rate of both; brought back into range where it is left.</summary>
internal sealed class AudioMerge : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AudioMerge", "Audio Merge").In("audio").Module("comfy_extras.nodes_audio")
        .Input("audio1", "AUDIO")
        .Input("audio2", "AUDIO")
        .Combo("merge_method", ["add", "mean", "subtract", "multiply"])
        .Output("AUDIO");

    protected override NodeResult Compute(NodeCall call)
    {
        var (first, second) = (Audio.Of(call, "audio1"), Audio.Of(call, "audio2"));
        var rate = Math.Max(first.SampleRate, second.SampleRate);
        var a = Resampling.To(first, rate).Waveform;
        var b = Fit(Resampling.To(second, rate).Waveform, a.shape[2]);
        var merged = call.Get<string>("merge_method") switch
        {
            "subtract" => a - b,
            "multiply" => a * b,
            "mean" => (a + b) / 2,
            _ => a + b,
        };
        var peak = merged.numel() == 0 ? 0 : merged.abs().max().item<float>();
        return NodeResult.Of(new Audio(peak > 1 ? merged / peak : merged, rate));
    }

    private static Tensor Fit(Tensor wave, long length) => wave.shape[2] >= length
        ? wave.narrow(2, 0, length)
        : nn.functional.pad(wave, [0, length - wave.shape[2]]);
}

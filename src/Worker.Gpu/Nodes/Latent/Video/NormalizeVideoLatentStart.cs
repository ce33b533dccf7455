using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// The first frames of a video latent with the mean and the deviation of those after them, so that a video that begins with a given picture
/// does not begin with a jump. Formula and limits: Kandinsky 5 (kandinskylab/kandinsky-5, MIT), <c>generation_utils.py</c>.
/// </summary>
internal sealed class NormalizeVideoLatentStart : TensorNode
{
    private const int Frames = 2;
    private const double MeanDown = 0.05, MeanUp = 0.1, DeviationDown = 0.1, DeviationUp = 0.25;

    /// <summary>Keeps a frame of one value from being divided by nothing.</summary>
    private const double LeastDeviation = 1e-8;

    protected override void Define(NodeBuilder node) => node
        .Named("NormalizeVideoLatentStart").In("conditioning/video_models").Module("comfy_extras.nodes_kandinsky5")
        .Input("latent", "LATENT")
        .Int("start_frame_count", 4, 1, 16384, 1)
        .Int("reference_frame_count", 5, 1, 16384, 1)
        .Output("LATENT", "latent");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("latent");
        var samples = latent.Samples;
        if (samples.dim() != 5)
            throw NodeFailedException.ValueError($"latent: a video [B, C, T, H, W] is expected, not [{string.Join(", ", samples.shape)}]");
        var (frames, start) = (samples.shape[Frames], call.Get<long>("start_frame_count"));
        if (start >= frames) return NodeResult.Of(latent); // no frame to take after
        var first = samples.narrow(Frames, 0, start);
        var reference = samples.narrow(Frames, start, Math.Min(call.Get<long>("reference_frame_count"), frames - start));
        var normalized = Normalize(first, reference);
        return NodeResult.Of(latent with { Samples = cat([normalized, samples.narrow(Frames, start, frames - start)], Frames) });
    }

    /// <summary>Statistics of each frame against those of all reference frames of its sample; how far they may move is limited.</summary>
    private static Tensor Normalize(Tensor first, Tensor reference)
    {
        var (mean, deviation) = (first.mean([1, 3, 4], keepdim: true), first.std([1, 3, 4], keepdim: true));
        var meanOfAll = reference.mean([1, 2, 3, 4], keepdim: true);
        var deviationOfAll = reference.std([1, 2, 3, 4], keepdim: true);
        var newMean = maximum(minimum(meanOfAll, mean + MeanUp), mean - MeanDown);
        var newDeviation = maximum(minimum(deviationOfAll, deviation + DeviationUp), deviation - DeviationDown);
        return (first - mean) / deviation.clamp_min(LeastDeviation) * newDeviation + newMean;
    }
}

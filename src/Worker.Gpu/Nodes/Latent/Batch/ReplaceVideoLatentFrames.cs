using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A video's latent frames from an index on, overwritten by another's. Where they do not fit, the video stays as it is.</summary>
internal sealed class ReplaceVideoLatentFrames : TensorNode
{
    private const int Time = 2;

    protected override void Define(NodeBuilder node) => node
        .Named("ReplaceVideoLatentFrames").In("latent/batch").Module("comfy_extras.nodes_latent")
        .Input("destination", "LATENT")
        .Int("index", 0, -16384, 16384, 1)
        .OptionalInputs()
        .Input("source", "LATENT")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var destination = call.Get<Latent>("destination");
        if (call.GetOptional<Latent>("source") is not { } source) return NodeResult.Of(destination);
        long frames = Frames(destination, "destination"), count = Frames(source, "source");
        var index = call.Get<long>("index");
        if (index < 0) index += frames;
        if (index < 0) throw NodeFailedException.ValueError($"index: there are only {frames} frames to count back");
        if (index > frames || index + count > frames) return NodeResult.Of(destination);
        var samples = destination.Samples.clone();
        samples.narrow(Time, index, count).copy_(source.Samples);
        return NodeResult.Of(source with { Samples = samples });
    }

    private static long Frames(Latent latent, string name) => latent.Samples.dim() > Time
        ? latent.Samples.shape[Time]
        : throw NodeFailedException.IndexError($"{name}: a latent of {latent.Samples.dim()} dimensions has no frames");
}

using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels of FLUX.2 for a size in pixels.</summary>
internal sealed class Flux2Scheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("Flux2Scheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_flux")
        .Int("steps", 20, 1, 4096)
        .Int("width", 1024, 16, 16384, 1)
        .Int("height", 1024, 16, 16384, 1)
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(tensor(
        FlowSchedules.Flux2(call.Get<long>("width") * call.Get<long>("height") / PixelsPerToken, call.Get<int>("steps"))));

    private const double PixelsPerToken = 16 * 16;
}

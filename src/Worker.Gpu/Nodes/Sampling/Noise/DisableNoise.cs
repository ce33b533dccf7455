using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>No noise: a run goes on from a latent that still has its own.</summary>
internal sealed class DisableNoise : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("DisableNoise").In("sampling/custom_sampling/noise").Module("comfy_extras.nodes_custom_sampler")
        .Output("NOISE");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(new NoiseSource(0, Draws: false));
}

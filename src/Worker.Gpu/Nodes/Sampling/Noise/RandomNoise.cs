using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Noise by a seed.</summary>
internal sealed class RandomNoise : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("RandomNoise").In("sampling/custom_sampling/noise").Module("comfy_extras.nodes_custom_sampler")
        .Int("noise_seed", 0, 0, ulong.MaxValue, controlAfterGenerate: true)
        .Output("NOISE");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(new NoiseSource(call.Get<ulong>("noise_seed"), Draws: true));
}

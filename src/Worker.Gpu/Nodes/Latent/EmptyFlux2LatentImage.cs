using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for Flux.2, 128 channels.</summary>
internal sealed class EmptyFlux2LatentImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyFlux2LatentImage", "Empty Flux 2 Latent").In("latent").Module("comfy_extras.nodes_flux")
        .Int("width", 1024, 16, 16384, 16)
        .Int("height", 1024, 16, 16384, 16)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Image(call, channels: 128, downscale: 16);
}

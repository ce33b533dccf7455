using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for Chroma Radiance, which works on pixels.</summary>
internal sealed class EmptyChromaRadianceLatentImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyChromaRadianceLatentImage").In("latent/chroma_radiance").Module("comfy_extras.nodes_chroma_radiance")
        .Int("width", 1024, 16, 16384, 16)
        .Int("height", 1024, 16, 16384, 16)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Image(call, channels: 3, downscale: 1);
}

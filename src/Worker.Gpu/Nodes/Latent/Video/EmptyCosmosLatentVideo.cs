using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for Cosmos.</summary>
internal sealed class EmptyCosmosLatentVideo : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyCosmosLatentVideo").In("latent/video").Module("comfy_extras.nodes_cosmos")
        .Int("width", 1280, 16, 16384, 16)
        .Int("height", 704, 16, 16384, 16)
        .Int("length", 121, 1, 16384, 8)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Video(call, channels: 16, downscale: 8, group: 8);
}

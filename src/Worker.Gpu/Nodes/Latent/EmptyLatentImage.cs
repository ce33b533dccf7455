using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for an image of a size.</summary>
internal sealed class EmptyLatentImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("EmptyLatentImage", "Empty Latent Image").In("latent").Module("nodes")
        .Int("width", 512, 16, 16384, 8)
        .Int("height", 512, 16, 16384, 8)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Image(call, channels: 4, downscale: 8, withRatio: true);
}

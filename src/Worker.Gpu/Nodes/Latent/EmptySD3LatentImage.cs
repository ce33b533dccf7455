using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for SD3, 16 channels.</summary>
internal sealed class EmptySD3LatentImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptySD3LatentImage").In("latent/sd3").Module("comfy_extras.nodes_sd3")
        .Int("width", 1024, 16, 16384, 16)
        .Int("height", 1024, 16, 16384, 16)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Image(call, channels: 16, downscale: 8, withRatio: true);
}

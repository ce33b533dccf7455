using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for Mochi.</summary>
internal sealed class EmptyMochiLatentVideo : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyMochiLatentVideo").In("latent/video").Module("comfy_extras.nodes_mochi")
        .Int("width", 848, 16, 16384, 16)
        .Int("height", 480, 16, 16384, 16)
        .Int("length", 25, 7, 16384, 6)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Video(call, channels: 12, downscale: 8, group: 6);
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for LTX Video.</summary>
internal sealed class EmptyLTXVLatentVideo : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyLTXVLatentVideo").In("latent/video/ltxv").Module("comfy_extras.nodes_lt")
        .Int("width", 768, 64, 16384, 32)
        .Int("height", 512, 64, 16384, 32)
        .Int("length", 97, 1, 16384, 8)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Video(call, channels: 128, downscale: 32, group: 8);
}

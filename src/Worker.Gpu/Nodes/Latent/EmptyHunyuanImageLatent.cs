using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for Hunyuan Image, 64 channels.</summary>
internal sealed class EmptyHunyuanImageLatent : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyHunyuanImageLatent").In("latent").Module("comfy_extras.nodes_hunyuan")
        .Int("width", 2048, 64, 16384, 32)
        .Int("height", 2048, 64, 16384, 32)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Image(call, channels: 64, downscale: 32);
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for Hunyuan Video 1.5.</summary>
internal sealed class EmptyHunyuanVideo15Latent : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyHunyuanVideo15Latent", "Empty HunyuanVideo 1.5 Latent").In("latent/video").Module("comfy_extras.nodes_hunyuan")
        .Int("width", 848, 16, 16384, 16)
        .Int("height", 480, 16, 16384, 16)
        .Int("length", 25, 1, 16384, 4)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Video(call, channels: 32, downscale: 16, group: 4, withRatio: true);
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Zeros for Hunyuan Video and Wan.</summary>
internal sealed class EmptyHunyuanLatentVideo : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyHunyuanLatentVideo", "Empty HunyuanVideo 1.0 Latent").In("latent/video").Module("comfy_extras.nodes_hunyuan")
        .Int("width", 848, 16, 16384, 16)
        .Int("height", 480, 16, 16384, 16)
        .Int("length", 25, 1, 16384, 4)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Video(call, channels: 16, downscale: 8, group: 4, withRatio: true);
}

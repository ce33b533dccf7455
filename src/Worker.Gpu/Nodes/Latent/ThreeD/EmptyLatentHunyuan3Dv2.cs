using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A latent of a shape for Hunyuan3D 2.</summary>
internal sealed class EmptyLatentHunyuan3Dv2 : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyLatentHunyuan3Dv2").In("latent/3d").Module("comfy_extras.nodes_hunyuan3d")
        .Int("resolution", 3072, 1, 8192)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = new Latent(zeros(TensorMemory.Require(call.Get<long>("batch_size"), 64, call.Get<long>("resolution"))));
        return NodeResult.Of(latent with { More = latent.More.Add("type", "hunyuan3dv2") });
    }
}

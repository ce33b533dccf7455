using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A latent of a picture in layers for Qwen-Image-Layered.</summary>
internal sealed class EmptyQwenImageLayeredLatentImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyQwenImageLayeredLatentImage", "Empty Qwen Image Layered Latent").In("latent/qwen").Module("comfy_extras.nodes_qwen")
        .Int("width", 640, 16, 16384, 16)
        .Int("height", 640, 16, 16384, 16)
        .Int("layers", 3, 0, 16384, 1, options: o => o.Advanced())
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(new Latent(zeros(TensorMemory.Require(
        call.Get<long>("batch_size"), 16, call.Get<long>("layers") + 1, call.Get<long>("height") / 8, call.Get<long>("width") / 8))));
}

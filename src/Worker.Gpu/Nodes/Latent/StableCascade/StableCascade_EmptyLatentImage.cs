using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The latents of both stages of Stable Cascade.</summary>
internal sealed class StableCascade_EmptyLatentImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("StableCascade_EmptyLatentImage").In("latent/stable_cascade").Module("comfy_extras.nodes_stable_cascade")
        .Int("width", 1024, 256, 16384, 8)
        .Int("height", 1024, 256, 16384, 8)
        .Int("compression", 42, 4, 128, 1, options: o => o.Advanced())
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT", "stage_c")
        .Output("LATENT", "stage_b");

    protected override NodeResult Compute(NodeCall call)
    {
        var (width, height, batch, compression) =
            (call.Get<long>("width"), call.Get<long>("height"), call.Get<long>("batch_size"), call.Get<long>("compression"));
        return NodeResult.Of(
            new Latent(zeros(TensorMemory.Require(batch, 16, height / compression, width / compression))),
            new Latent(zeros(TensorMemory.Require(batch, 4, height / 4, width / 4))));
    }
}

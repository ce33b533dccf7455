using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A batch several times over.</summary>
internal sealed class RepeatImageBatch : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("RepeatImageBatch").In("image/batch").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Int("amount", 1, 1, 4096)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var amount = call.Get<long>("amount");
        TensorMemory.Require([images.shape[0] * amount, .. images.shape[1..]]);
        return NodeResult.Of(images.repeat(amount, 1, 1, 1));
    }
}

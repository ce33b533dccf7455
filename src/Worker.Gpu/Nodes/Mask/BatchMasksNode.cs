using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Masks in one batch, all resized to the first.</summary>
internal sealed class BatchMasksNode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("BatchMasksNode", "Batch Masks").In("mask").Module("comfy_extras.nodes_post_processing")
        .Autogrow("masks", row => row.Input("mask", "MASK"), "mask", min: 2, max: 50)
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var masks = Rows.Of<Tensor>(call, "masks").Select(Batches.MaskPlanes).ToArray();
        long height = masks[0].shape[2], width = masks[0].shape[3];
        TensorMemory.Require(masks.Sum(mask => mask.shape[0]), height, width);
        return NodeResult.Of(cat([.. masks.Select(mask => mask.shape[2] == height && mask.shape[3] == width
            ? mask
            : Scaling.Resize(mask, width, height, "bilinear", cropCentre: true))]).squeeze(1));
    }
}

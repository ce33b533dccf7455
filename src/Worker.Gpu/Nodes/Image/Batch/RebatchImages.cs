using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A list of batches cut anew into batches of one length; the last may be shorter.</summary>
internal sealed class RebatchImages : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("RebatchImages", "Rebatch Images").In("image/batch").Module("comfy_extras.nodes_rebatch")
        .InputIsList()
        .Input("images", "IMAGE")
        .Int("batch_size", 1, 1, 4096)
        .Output("IMAGE", isList: true);

    protected override NodeResult Compute(NodeCall call)
    {
        var length = (int)Math.Max(1, call.List<long>("batch_size")[0]);
        var frames = call.List<Tensor>("images").SelectMany(batch => Batches.Range(0, batch.shape[0]).Select(i => batch.narrow(0, i, 1)));
        return NodeResult.Of((object)frames.Chunk(length).Select(group => (object?)cat(group)).ToArray());
    }
}

using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Width, height and number of images; also shown at the node.</summary>
internal sealed class GetImageSize : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("GetImageSize", "Get Image Size").In("image").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Hidden("unique_id", "UNIQUE_ID")
        .Output("INT", "width")
        .Output("INT", "height")
        .Output("INT", "batch_size");

    protected override NodeResult? Run(NodeCall call)
    {
        var shape = call.Get<Tensor>("image").shape;
        call.Context.SendText($"width: {shape[2]}, height: {shape[1]}\n batch size: {shape[0]}");
        return NodeResult.Of(shape[2], shape[1], shape[0]);
    }
}

using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Edges as thin white lines on black (Canny, 1986).</summary>
internal sealed class Canny : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("Canny", "Canny").In("image/preprocessors").Module("comfy_extras.nodes_canny")
        .More("essentials_category", "Image Tools")
        .Input("image", "IMAGE")
        .Float("low_threshold", 0.4, 0.01, 0.99, 0.01)
        .Float("high_threshold", 0.8, 0.01, 0.99, 0.01)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var image = call.Get<Tensor>("image");
        double low = call.Get<double>("low_threshold"), high = call.Get<double>("high_threshold");
        if (low > high) throw NodeFailedException.ValueError($"low_threshold: {low} is more than high_threshold {high}");
        if (image.shape[^1] < 3) throw NodeFailedException.ValueError("image: three channels are needed");
        var edges = EdgeDetector.Detect(image, (float)low, (float)high);
        return NodeResult.Of(edges.unsqueeze(-1).expand(-1, -1, -1, 3).contiguous());
    }
}

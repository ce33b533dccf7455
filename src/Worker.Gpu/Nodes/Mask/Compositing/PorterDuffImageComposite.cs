using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Composites by the operators of Porter and Duff (Compositing Digital Images, 1984) and of blending on premultiplied colours.</summary>
internal sealed class PorterDuffImageComposite : TensorNode
{
    private const double Visible = 1e-5;
    protected override void Define(NodeBuilder node) => node
        .Named("PorterDuffImageComposite", "Porter-Duff Image Composite").In("mask/compositing").Module("comfy_extras.nodes_compositing")
        .Input("source", "IMAGE")
        .Input("source_alpha", "MASK")
        .Input("destination", "IMAGE")
        .Input("destination_alpha", "MASK")
        .Combo("mode", ["ADD", "CLEAR", "DARKEN", "DST", "DST_ATOP", "DST_IN", "DST_OUT", "DST_OVER", "LIGHTEN", "MULTIPLY", "OVERLAY", "SCREEN", "SRC", "SRC_ATOP", "SRC_IN", "SRC_OUT", "SRC_OVER", "XOR"], "DST")
        .Output("IMAGE")
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var destination = call.Get<Tensor>("destination");
        long height = destination.shape[1], width = destination.shape[2];
        var b = Alpha(call, "destination_alpha", width, height);
        var source = Fit(call.Get<Tensor>("source"), width, height);
        var a = Alpha(call, "source_alpha", width, height);
        var rows = new[] { destination, b, source, a }.Min(part => part.shape[0]);
        a = a.narrow(0, 0, rows);
        b = b.narrow(0, 0, rows);

        var (colour, alpha) = Mix(source.narrow(0, 0, rows) * a, a, destination.narrow(0, 0, rows) * b, b, call.Get<string>("mode"));
        var image = where(alpha > Visible, colour / alpha, zeros_like(colour)).clamp(0, 1);
        return NodeResult.Of(image, 1 - alpha.squeeze(-1));
    }

    // Turned round after scaling: the recorded results have the rounding of that order.
    private static Tensor Alpha(NodeCall call, string name, long width, long height) =>
        1 - Fit(Batches.MaskPlanes(call.Get<Tensor>(name)).movedim([1], [-1]), width, height);

    private static Tensor Fit(Tensor images, long width, long height) =>
        images.shape[1] == height && images.shape[2] == width ? images : Sizes.Resize(images, width, height, "bicubic", cropCentre: true);

    /// <summary>Premultiplied colour and alpha of source s (alpha a) over destination d (alpha b).</summary>
    private static (Tensor Colour, Tensor Alpha) Mix(Tensor s, Tensor a, Tensor d, Tensor b, string mode) => mode switch
    {
        "ADD" => ((s + d).clamp(0, 1), (a + b).clamp(0, 1)),
        "CLEAR" => (zeros_like(d), zeros_like(b)),
        "DARKEN" => ((1 - b) * s + (1 - a) * d + minimum(s, d), a + b - a * b),
        "DST" => (d, b),
        "DST_ATOP" => (a * d + (1 - b) * s, a),
        "DST_IN" => (d * a, a * b),
        "DST_OUT" => ((1 - a) * d, (1 - a) * b),
        "DST_OVER" => (d + (1 - b) * s, b + (1 - b) * a),
        "LIGHTEN" => ((1 - b) * s + (1 - a) * d + maximum(s, d), a + b - a * b),
        "MULTIPLY" => (s * d, a * b),
        "OVERLAY" => (where(2 * d < b, 2 * s * d, a * b - 2 * (b - s) * (a - d)), a + b - a * b),
        "SCREEN" => (s + d - s * d, a + b - a * b),
        "SRC" => (s, a),
        "SRC_ATOP" => (b * s + (1 - a) * d, b),
        "SRC_IN" => (s * b, a * b),
        "SRC_OUT" => ((1 - b) * s, (1 - b) * a),
        "SRC_OVER" => (s + (1 - a) * d, a + (1 - a) * b),
        "XOR" => ((1 - b) * s + (1 - a) * d, (1 - b) * a + (1 - a) * b),
        _ => throw NodeFailedException.ValueError($"mode: '{mode}' is not known"),
    };
}

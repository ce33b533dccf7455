using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Fades a mask out towards its sides.</summary>
internal sealed class FeatherMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("FeatherMask").In("mask").Module("comfy_extras.nodes_mask")
        .Input("mask", "MASK")
        .Int("left", 0, 0, 16384, 1)
        .Int("top", 0, 0, 16384, 1)
        .Int("right", 0, 0, 16384, 1)
        .Int("bottom", 0, 0, 16384, 1)
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var mask = call.Get<Tensor>("mask");
        var faded = mask.reshape(-1, mask.shape[^2], mask.shape[^1]).clone();
        Fade(faded, 2, call.Get<long>("left"), fromEnd: false);
        Fade(faded, 2, call.Get<long>("right"), fromEnd: true);
        Fade(faded, 1, call.Get<long>("top"), fromEnd: false);
        Fade(faded, 1, call.Get<long>("bottom"), fromEnd: true);
        return NodeResult.Of(faded);
    }

    /// <summary>Lines from a side on times a rising share. From the end, ComfyUI counts the first line twice: line -0 is line 0.</summary>
    private static void Fade(Tensor mask, int dimension, long width, bool fromEnd)
    {
        var size = mask.shape[dimension];
        width = Math.Min(width, size);
        for (var i = 0L; i < width; i++)
        {
            var line = fromEnd && i > 0 ? size - i : i;
            mask.narrow(dimension, line, 1).mul_((i + 1.0) / width);
        }
    }
}

using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// Asks for the shape of what images show from up to four sides: the image tower's last states side by side, each with its side's sinusoidal
/// position (sines, then cosines, at base 10000; "Attention Is All You Need", 3.5) added.
/// </summary>
internal sealed class Hunyuan3Dv2ConditioningMultiView : TensorNode
{
    private const double Base = 10000;

    /// <summary>In the order of their positions.</summary>
    private static readonly string[] Sides = ["front", "left", "back", "right"];

    protected override void Define(NodeBuilder node) => node
        .Named("Hunyuan3Dv2ConditioningMultiView").In("conditioning/video_models").Module("comfy_extras.nodes_hunyuan3d")
        .OptionalInputs()
        .Input("front", "CLIP_VISION_OUTPUT")
        .Input("left", "CLIP_VISION_OUTPUT")
        .Input("back", "CLIP_VISION_OUTPUT")
        .Input("right", "CLIP_VISION_OUTPUT")
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult Compute(NodeCall call)
    {
        List<Tensor> states = [];
        for (var side = 0; side < Sides.Length; side++)
        {
            if (call.GetOptional<VisionOutput>(Sides[side]) is not { Encoding.LastHidden: var hidden }) continue;
            if (states.Count > 0 && (hidden.shape[0] != states[0].shape[0] || hidden.shape[^1] != states[0].shape[^1]))
                throw NodeFailedException.ValueError($"{Sides[side]}: images and width [{string.Join(", ", hidden.shape)}] differ from the other sides' [{string.Join(", ", states[0].shape)}]");
            states.Add(hidden + Position(side, hidden.shape[^1], hidden.dtype).to(hidden.device));
        }
        if (states.Count == 0) throw NodeFailedException.ValueError($"{string.Join(", ", Sides)}: at least one is needed");
        return Hunyuan3Dv2Conditioning.Pair(cat(states, 1));
    }

    private static Tensor Position(int side, long width, ScalarType type)
    {
        var half = width / 2;
        var angles = (arange(half, ScalarType.Float64) * (-Math.Log(Base) / half)).exp() * side;
        return cat([angles.sin(), angles.cos()]).to(type);
    }
}

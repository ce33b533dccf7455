using System.Collections.Immutable;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Asks for the shape of what an image shows: the image tower's last states, and zeros against them.</summary>
internal sealed class Hunyuan3Dv2Conditioning : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("Hunyuan3Dv2Conditioning").In("conditioning/video_models").Module("comfy_extras.nodes_hunyuan3d")
        .Input("clip_vision_output", "CLIP_VISION_OUTPUT")
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult Compute(NodeCall call) => Pair(call.Get<VisionOutput>("clip_vision_output").Encoding.LastHidden);

    /// <summary>States as a conditioning, and as many zeros as another.</summary>
    internal static NodeResult Pair(Tensor states) => NodeResult.Of(Of(states), Of(zeros_like(states)));

    private static Conditioning Of(Tensor states) => new([new ConditioningItem(states, ImmutableDictionary<string, object?>.Empty)]);
}

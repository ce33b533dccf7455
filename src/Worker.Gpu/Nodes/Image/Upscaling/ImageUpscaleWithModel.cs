using Farm.Engine.Models.Upscalers;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Larger images by an upscaler.</summary>
internal sealed class ImageUpscaleWithModel : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageUpscaleWithModel", "Upscale Image (using Model)").In("image/upscaling").Module("comfy_extras.nodes_upscale_model")
        .Input("upscale_model", "UPSCALE_MODEL")
        .Input("image", "IMAGE")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(call.Get<UpscaleModel>("upscale_model").Upscale(call.Get<Tensor>("image"), call.Context.ThrowIfInterrupted));
}

using Farm.Engine.Models.UNet;
using Farm.Nodes;
using Farm.Worker.Imaging;

namespace Farm.Worker.Nodes;

/// <summary>Shrinks the stream at one block for a part of the walk, for pictures larger than the network knows (Kohya's deep shrink).</summary>
internal sealed class PatchModelAddDownscale : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("PatchModelAddDownscale", "PatchModelAddDownscale (Kohya Deep Shrink)").In("model_patches/unet").Module("comfy_extras.nodes_model_downscale")
        .Input("model", "MODEL")
        .Int("block_number", 3, 1, 32, 1, options: o => o.Advanced())
        .Float("downscale_factor", 2.0, 0.1, 9.0, 0.001)
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Float("end_percent", 0.35, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Boolean("downscale_after_skip", true, options: o => o.Advanced())
        .Combo("downscale_method", ["bicubic", "nearest-exact", "bilinear", "area", "bislerp"])
        .Combo("upscale_method", ["bicubic", "nearest-exact", "bilinear", "area", "bislerp"])
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var model = call.Get<DiffusionModel>("model");
        var (block, factor) = (call.Get<int>("block_number"), call.Get<double>("downscale_factor"));
        var (shrink, grow) = (call.Get<string>("downscale_method"), call.Get<string>("upscale_method"));
        var table = model.Sampling.Table;
        var (start, end) = (table.PercentToSigma(call.Get<double>("start_percent")), table.PercentToSigma(call.Get<double>("end_percent")));
        BlockPatch shrinking = (place, h) => place.Block == block && place.Inputs.Sigma <= start && place.Inputs.Sigma >= end
            ? Scaling.Resize(h, Sizes.Round(h.shape[^1] * (1 / factor)), Sizes.Round(h.shape[^2] * (1 / factor)), shrink)
            : h;
        JoinPatch growing = (_, h, skip) => (h.shape[2] == skip.shape[2] ? h : Scaling.Resize(h, skip.shape[3], skip.shape[2], grow), skip);
        var patches = model.Patches with { Join = [.. model.Patches.Join, growing] };
        patches = call.Get<bool>("downscale_after_skip")
            ? patches with { AfterSkip = [.. patches.AfterSkip, shrinking] }
            : patches with { BeforeSkip = [.. patches.BeforeSkip, shrinking] };
        return NodeResult.Of(model with { Patches = patches });
    }
}

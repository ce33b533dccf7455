using Farm.Engine.Memory;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a denoising network of a file of its own.</summary>
internal sealed class UNETLoader : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("UNETLoader", "Load Diffusion Model").In("advanced/loaders").Module("nodes")
        .FileCombo("unet_name", "diffusion_models")
        .Combo("weight_dtype", ["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"], options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var storage = call.Get<string>("weight_dtype") switch
        {
            "fp8_e4m3fn" or "fp8_e4m3fn_fast" => WeightStorage.Float8E4M3,
            "fp8_e5m2" => WeightStorage.Float8E5M2,
            _ => WeightStorage.Default,
        };
        return NodeResult.Of(ModelFiles.Open(call, "diffusion_models", "unet_name", "diffusion model", (loader, path) => loader.LoadDiffusion(path, storage)));
    }
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens an upscaler.</summary>
internal sealed class UpscaleModelLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("UpscaleModelLoader", "Load Upscale Model").In("loaders").Module("comfy_extras.nodes_upscale_model")
        .FileCombo("model_name", "upscale_models")
        .Output("UPSCALE_MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ModelFiles.Open(call, "upscale_models", "model_name", "upscaler", (loader, path) => loader.LoadUpscaler(path)));
}

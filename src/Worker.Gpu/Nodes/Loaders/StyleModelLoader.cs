using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a style model.</summary>
internal sealed class StyleModelLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("StyleModelLoader", "Load Style Model").In("loaders").Module("nodes")
        .FileCombo("style_model_name", "style_models")
        .Output("STYLE_MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ModelFiles.Open(call, "style_models", "style_model_name", "style model", (loader, path) => loader.LoadStyle(path)));
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a GLIGEN file.</summary>
internal sealed class GLIGENLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("GLIGENLoader", "GLIGENLoader").In("loaders").Module("nodes")
        .FileCombo("gligen_name", "gligen")
        .Output("GLIGEN");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ModelFiles.Open(call, "gligen", "gligen_name", "GLIGEN file", (loader, path) => loader.LoadGligen(path)));
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens an image tower.</summary>
internal sealed class CLIPVisionLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPVisionLoader", "Load CLIP Vision").In("loaders").Module("nodes")
        .FileCombo("clip_name", "clip_vision")
        .Output("CLIP_VISION");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(ModelFiles.Open(call, "clip_vision", "clip_name", "clip vision file", (loader, path) => loader.LoadVision(path)));
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Plays sounds without keeping them.</summary>
internal sealed class PreviewAudio : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PreviewAudio", "Preview Audio").In("audio").Module("comfy_extras.nodes_audio")
        .OutputNode()
        .Input("audio", "AUDIO")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call) =>
        AudioFiles.Save(call, NodeFolder.Temp, "ComfyUI" + ImageFiles.PreviewSuffix(), ".flac", "-c:a", "flac", "-f", "flac");
}

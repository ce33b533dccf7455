using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes sounds as numbered FLAC files.</summary>
internal sealed class SaveAudio : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveAudio", "Save Audio (FLAC)").In("audio").Module("comfy_extras.nodes_audio")
        .OutputNode().More("essentials_category", "Audio")
        .Input("audio", "AUDIO")
        .String("filename_prefix", "audio/ComfyUI")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call) =>
        AudioFiles.Save(call, NodeFolder.Output, call.Get("filename_prefix", "ComfyUI"), ".flac", "-c:a", "flac", "-f", "flac");
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes sounds as numbered Opus files.</summary>
internal sealed class SaveAudioOpus : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveAudioOpus", "Save Audio (Opus)").In("audio").Module("comfy_extras.nodes_audio")
        .OutputNode()
        .Input("audio", "AUDIO")
        .String("filename_prefix", "audio/ComfyUI")
        .Combo("quality", ["64k", "96k", "128k", "192k", "320k"], "128k")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call) => AudioFiles.Save(
        call, NodeFolder.Output, call.Get("filename_prefix", "ComfyUI"), ".opus", "-c:a", "libopus", "-b:a", call.Get("quality", "128k"), "-f", "opus");
}

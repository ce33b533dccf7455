using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes sounds as numbered MP3 files.</summary>
internal sealed class SaveAudioMP3 : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveAudioMP3", "Save Audio (MP3)").In("audio").Module("comfy_extras.nodes_audio")
        .OutputNode().More("essentials_category", "Audio")
        .Input("audio", "AUDIO")
        .String("filename_prefix", "audio/ComfyUI")
        .Combo("quality", ["V0", "128k", "320k"], "V0")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call)
    {
        var quality = call.Get("quality", "V0");
        string[] rate = quality == "V0" ? ["-q:a", "0"] : ["-b:a", quality];
        return AudioFiles.Save(call, NodeFolder.Output, call.Get("filename_prefix", "ComfyUI"), ".mp3", ["-c:a", "libmp3lame", .. rate, "-f", "mp3"]);
    }
}

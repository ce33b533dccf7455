using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>An uploaded sound, or the sound of a video.</summary>
internal sealed class LoadAudio : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LoadAudio", "Load Audio").In("audio").Module("comfy_extras.nodes_audio")
        .More("essentials_category", "Audio")
        .FileCombo("audio", "input", ["audio", "video"], mustExist: true, options: o => o.Set("audio_upload", true))
        .Output("AUDIO");

    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        await call.Context.Files.HashAsync(call.Get<string>("audio"), cancel: cancel);

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(AudioFiles.Load(call, call.Get<string>("audio")));
}

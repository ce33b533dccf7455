using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A sound that the browser recorded and uploaded.</summary>
internal sealed class RecordAudio : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("RecordAudio", "Record Audio").In("audio").Module("comfy_extras.nodes_audio")
        .Input("audio", "AUDIO_RECORD")
        .Output("AUDIO");

    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        await call.Context.Files.HashAsync(call.Get<string>("audio"), cancel: cancel);

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(AudioFiles.Load(call, call.Get<string>("audio")));
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>An uploaded video with its sound.</summary>
internal sealed class LoadVideo : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LoadVideo", "Load Video").In("image/video").Module("comfy_extras.nodes_video")
        .More("essentials_category", "Basics")
        .FileCombo("file", "input", ["video"], mustExist: true, options: o => o.Set("video_upload", true))
        .Output("VIDEO");

    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        await call.Context.Files.HashAsync(call.Get<string>("file"), cancel: cancel);

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(VideoFiles.Load(call, call.Get<string>("file")));
}

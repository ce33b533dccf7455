using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>An uploaded image, upright, with its transparency as a mask.</summary>
internal sealed class LoadImage : TensorNode, IFingerprintedNode
{
    private const int NoMaskSide = 64;

    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoadImage", "Load Image").In("image").Module("nodes")
        .More("essentials_category", "Basics")
        .FileCombo("image", "input", ["image"], mustExist: true, options: o => o.Set("image_upload", true))
        .Output("IMAGE")
        .Output("MASK");

    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        await call.Context.Files.HashAsync(call.Get<string>("image"), cancel: cancel);

    protected override NodeResult Compute(NodeCall call) => Read(call, call.Get<string>("image"));

    /// <summary>Colours [B, H, W, 3] and transparency [B, H, W]; an opaque image has a small mask of zeros.</summary>
    internal static NodeResult Read(NodeCall call, string name)
    {
        var image = ImageFiles.Load(call, name);
        var frames = cat([.. image.Frames.Select(TensorImages.FromPixels)]);
        var mask = image.Alpha == AlphaSource.Channel
            ? 1 - frames.select(-1, 3)
            : zeros(frames.shape[0], NoMaskSide, NoMaskSide);
        return NodeResult.Of(frames.narrow(-1, 0, 3).contiguous(), mask);
    }
}

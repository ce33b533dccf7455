using Farm.Nodes;
using Farm.Worker.Imaging;

namespace Farm.Worker.Nodes;

/// <summary>One channel of an uploaded image as a mask.</summary>
internal sealed class LoadImageMask : TensorNode, IFingerprintedNode
{
    private static readonly string[] Channels = ["red", "green", "blue", "alpha"];

    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoadImageMask", "Load Image (as Mask)").In("mask").Module("nodes")
        .More("essentials_category", "Image Tools")
        .FileCombo("image", "input", ["image"], mustExist: true, options: o => o.Set("image_upload", true))
        .Combo("channel", ["alpha", "red", "green", "blue"])
        .Output("MASK");

    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        await call.Context.Files.HashAsync(call.Get<string>("image"), cancel: cancel);

    protected override NodeResult Compute(NodeCall call)
    {
        var image = TensorImages.FromPixels(ImageFiles.Load(call, call.Get<string>("image")).Frames[0]);
        var channel = Array.IndexOf(Channels, call.Get<string>("channel"));
        var mask = image.select(3, channel);
        return NodeResult.Of(channel == 3 ? 1 - mask : mask.clone());
    }
}

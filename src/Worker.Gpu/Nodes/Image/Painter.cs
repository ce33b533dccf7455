using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Paint of the user's on an image or on a plain ground, and where it is.</summary>
internal sealed class Painter : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("Painter", "Painter").In("image").Module("comfy_extras.nodes_painter")
        .IntermediateOutput()
        .String("mask", "", options: o => o.Set("widgetType", "PAINTER").Set("image_upload", true).Socketless())
        .Int("width", 512, 64, 4096, 64, options: o => o.Set("hidden", true).Socketless())
        .Int("height", 512, 64, 4096, 64, options: o => o.Set("hidden", true).Socketless())
        .Input("bg_color", "COLOR", o => o.Set("default", "#000000").Socketless())
        .OptionalInputs()
        .Input("image", "IMAGE")
        .Output("IMAGE")
        .Output("MASK");

    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        call.GetOptional<string>("mask") is { } name && !string.IsNullOrWhiteSpace(name) ? await call.Context.Files.HashAsync(name, cancel: cancel) : "";

    protected override NodeResult Compute(NodeCall call)
    {
        var ground = call.GetOptional<Tensor>("image") is { } images ? images.narrow(0, 0, 1).narrow(-1, 0, 3) : Fill(call);
        long height = ground.shape[1], width = ground.shape[2];
        var (painted, mask) = (ground.clone(), zeros(1, height, width));
        if (call.Get("mask", "") is var name && !string.IsNullOrWhiteSpace(name))
        {
            var paint = TensorImages.FromPixels(Lanczos.Resize(ImageFiles.Load(call, name).Frames[0], (int)width, (int)height));
            var alpha = paint.narrow(-1, 3, 1);
            painted = paint.narrow(-1, 0, 3) * alpha + ground * (1 - alpha);
            mask = alpha.squeeze(-1).clone();
        }
        return NodeResult.WithUi(new UiOutput().AddImages(ImageFiles.SavePreviews(call, painted)).Add("animated", false), painted, mask);
    }

    private static Tensor Fill(NodeCall call)
    {
        var colour = ColorToRGBInt.Read("bg_color", call.Get("bg_color", "#000000"));
        float[] channels = [colour >> 16, colour >> 8 & 255, colour & 255];
        TensorMemory.Require(1, call.Get<long>("height"), call.Get<long>("width"), 3);
        return (tensor(channels) / 255).view(1, 1, 1, 3).expand(1, call.Get<long>("height"), call.Get<long>("width"), 3);
    }
}

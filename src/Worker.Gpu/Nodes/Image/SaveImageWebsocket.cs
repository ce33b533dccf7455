using Farm.Nodes;
using Farm.Worker.Imaging.Png;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Sends images as PNGs to the client that asked; nothing is written. Runs anew every time.</summary>
internal sealed class SaveImageWebsocket : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("SaveImageWebsocket", "SaveImageWebsocket").In("api/image").Module("custom_nodes.websocket_image_save")
        .OutputNode()
        .Input("images", "IMAGE");

    public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) => new(double.NaN);

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("images");
        var progress = call.Context.StartProgress(images.shape[0]);
        for (var i = 0; i < images.shape[0]; i++)
        {
            var file = new MemoryStream();
            PngWriter.WriteStill(file, TensorImages.ToPixels(images[i]), ImageFiles.OutputLevel, []);
            progress.Update(i, preview: new NodePreview("image/png", file.ToArray(), IsResult: true));
        }
        return NodeResult.Of();
    }
}

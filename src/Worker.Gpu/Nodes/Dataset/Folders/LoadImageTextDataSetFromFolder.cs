using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The images of a folder of the input folder with their captions, as two lists.</summary>
internal sealed class LoadImageTextDataSetFromFolder : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LoadImageTextDataSetFromFolder", "Load Image and Text Dataset from Folder").In("dataset").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .InputFolderCombo("folder")
        .Output("IMAGE", "images", isList: true)
        .Output("STRING", "texts", isList: true);

    /// <inheritdoc />
    public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        DatasetFolder.FingerprintAsync(call, call.Get<string>("folder"), NodeFolder.Input, cancel);

    protected override NodeResult Compute(NodeCall call)
    {
        var (images, captions) = ImageDataset.Load(call, withCaptions: true);
        return NodeResult.Of(images, captions);
    }
}

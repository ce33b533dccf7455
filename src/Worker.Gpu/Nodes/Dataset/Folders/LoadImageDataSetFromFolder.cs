using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The images of a folder of the input folder, as a list.</summary>
internal sealed class LoadImageDataSetFromFolder : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LoadImageDataSetFromFolder", "Load Image Dataset from Folder").In("dataset").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .InputFolderCombo("folder")
        .Output("IMAGE", "images", isList: true);

    /// <inheritdoc />
    public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        DatasetFolder.FingerprintAsync(call, call.Get<string>("folder"), NodeFolder.Input, cancel);

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of((object)ImageDataset.Load(call, withCaptions: false).Images);
}

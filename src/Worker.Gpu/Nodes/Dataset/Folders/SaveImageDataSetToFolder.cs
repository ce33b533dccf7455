using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes a list of images to a folder of the output folder.</summary>
internal sealed class SaveImageDataSetToFolder : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveImageDataSetToFolder", "Save Image Dataset to Folder").In("dataset").Module("comfy_extras.nodes_dataset")
        .InputIsList().OutputNode().Experimental()
        .Input("images", "IMAGE")
        .String("folder_name", "dataset")
        .String("filename_prefix", "image", options: o => o.Advanced())
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call) => ImageDataset.Save(call, captions: null);
}

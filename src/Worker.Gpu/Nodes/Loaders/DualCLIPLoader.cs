using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a text side of two files.</summary>
internal sealed class DualCLIPLoader : Node, IReproducibleNode
{
    private const string Sdxl = "sdxl";

    protected override void Define(NodeBuilder node) => node
        .V1().Named("DualCLIPLoader", "DualCLIPLoader").In("advanced/loaders").Module("nodes")
        .FileCombo("clip_name1", "text_encoders")
        .FileCombo("clip_name2", "text_encoders")
        .Combo("type", [Sdxl, "sd3", "flux", "hunyuan_video", "hidream", "hunyuan_image", "hunyuan_video_15", "kandinsky5", "kandinsky5_image", "ltxv", "newbie", "ace"])
        .OptionalInputs()
        .Combo("device", ["default", "cpu"], options: o => o.Advanced())
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call)
    {
        if (call.Get<string>("type") is not Sdxl and var type)
            throw NodeFailedException.ValueError($"type: the engine has no text encoders of '{type}' yet; '{Sdxl}' (CLIP-L and OpenCLIP bigG) is there.");
        var second = call.Context.Files.ModelPath("text_encoders", call.Get<string>("clip_name2"));
        return NodeResult.Of(ModelFiles.Open(call, "text_encoders", "clip_name1", "text encoder", (loader, path) => loader.LoadText(path, second)));
    }
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens the text side of a file of its own.</summary>
internal sealed class CLIPLoader : Node, IReproducibleNode
{
    private const string StableDiffusion = "stable_diffusion";

    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPLoader", "Load CLIP").In("advanced/loaders").Module("nodes")
        .FileCombo("clip_name", "text_encoders")
        .Combo("type", [StableDiffusion, "stable_cascade", "sd3", "stable_audio", "mochi", "ltxv", "pixart", "cosmos", "lumina2", "wan", "hidream", "chroma", "ace", "omnigen2", "qwen_image", "hunyuan_image", "flux2", "ovis", "longcat_image"])
        .OptionalInputs()
        .Combo("device", ["default", "cpu"], options: o => o.Advanced())
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call)
    {
        if (call.Get<string>("type") is not StableDiffusion and var type)
            throw NodeFailedException.ValueError($"type: the engine has no text encoders of '{type}' yet; '{StableDiffusion}' (CLIP-L, OpenCLIP H and bigG) is there.");
        return NodeResult.Of(ModelFiles.Open(call, "text_encoders", "clip_name", "text encoder", (loader, path) => loader.LoadText(path)));
    }
}

namespace Farm.Storage;

/// <summary>ComfyUI's model folders: the names that combos and <c>/models</c> use, and where each looks (ComfyUI 0.19.3, recorded).</summary>
public static class ModelFolders
{
    private static readonly string[] Weights = [".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft"];

    private static readonly ModelFolder[] Known =
    [
        Kind("checkpoints", ["checkpoints"], saves: "checkpoints"),
        new("configs", [new(FileArea.Models, "configs")], [".yaml"]),
        Kind("loras", ["loras"], saves: "loras"),
        Kind("vae", ["vae"], saves: "vae"),
        Kind("text_encoders", ["text_encoders", "clip"], saves: "clip"),
        Kind("diffusion_models", ["unet", "diffusion_models"], saves: "diffusion_models"),
        Kind("clip_vision", ["clip_vision"]),
        Kind("style_models", ["style_models"]),
        Kind("embeddings", ["embeddings"]),
        new("diffusers", [new(FileArea.Models, "diffusers")], ["folder"]) { Marker = "model_index.json" },
        Kind("vae_approx", ["vae_approx"]),
        Kind("controlnet", ["controlnet", "t2i_adapter"]),
        Kind("gligen", ["gligen"]),
        Kind("upscale_models", ["upscale_models"]),
        Kind("latent_upscale_models", ["latent_upscale_models"]),
        new("custom_nodes", [new(FileArea.CustomNodes, "")], []),
        Kind("hypernetworks", ["hypernetworks"]),
        Kind("photomaker", ["photomaker"]),
        new("classifiers", [new(FileArea.Models, "classifiers")], [""]),
        Kind("model_patches", ["model_patches"]),
        Kind("audio_encoders", ["audio_encoders"]),
        Kind("frame_interpolation", ["frame_interpolation"]),
    ];

    /// <summary>Folder name → where it looks and which file name extensions count, in ComfyUI's order of listing.</summary>
    public static IReadOnlyDictionary<string, ModelFolder> All { get; } =
        new OrderedDictionary<string, ModelFolder>(Known.Select(folder => KeyValuePair.Create(folder.Name, folder)), StringComparer.Ordinal);

    /// <summary>A kind of weights, which nodes that save models may also write into the output folder.</summary>
    private static ModelFolder Kind(string name, string[] paths, string? saves = null) =>
        new(name, [.. paths.Select(path => new ModelPath(FileArea.Models, path)), .. saves is null ? [] : (ModelPath[])[new(FileArea.Output, saves)]], Weights);
}

/// <summary>A kind of model file.</summary>
/// <param name="Name">The name that combos use.</param>
/// <param name="Paths">Where it looks, in order of search.</param>
/// <param name="Extensions">File name extensions that count, lower case with the dot (an empty text: files without one); an empty list for all.</param>
public sealed record ModelFolder(string Name, IReadOnlyList<ModelPath> Paths, IReadOnlyList<string> Extensions)
{
    /// <summary>The file that makes a folder an entry, where entries are folders; null where they are files.</summary>
    public string? Marker { get; init; }

    /// <summary>Whether a file of that name counts.</summary>
    public bool Takes(string fileName) =>
        Extensions.Count == 0 || Extensions.Contains(Path.GetExtension(fileName), StringComparer.OrdinalIgnoreCase);
}

/// <summary>A folder that is searched for models.</summary>
/// <param name="Area">The root.</param>
/// <param name="Folder">The folder inside it; empty for the root itself.</param>
public readonly record struct ModelPath(FileArea Area, string Folder);

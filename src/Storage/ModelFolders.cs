using System.Collections.Frozen;

namespace Farm.Storage;

/// <summary>ComfyUI's model folders: the names that combos and <c>/models</c> use, and where each looks under the models root.</summary>
public static class ModelFolders
{
    private static readonly string[] Weights = [".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft"];

    /// <summary>Folder name → where it looks and which file name extensions count (empty: all), in ComfyUI's order of listing.</summary>
    public static FrozenDictionary<string, ModelFolder> All { get; } = new ModelFolder[]
    {
        new("checkpoints", ["checkpoints"], Weights),
        new("configs", ["configs"], [".yaml"]),
        new("loras", ["loras"], Weights),
        new("vae", ["vae"], Weights),
        new("text_encoders", ["text_encoders", "clip"], Weights),
        new("diffusion_models", ["unet", "diffusion_models"], Weights),
        new("clip_vision", ["clip_vision"], Weights),
        new("style_models", ["style_models"], Weights),
        new("embeddings", ["embeddings"], Weights),
        new("diffusers", ["diffusers"], ["folder"]),
        new("vae_approx", ["vae_approx"], Weights),
        new("controlnet", ["controlnet", "t2i_adapter"], Weights),
        new("gligen", ["gligen"], Weights),
        new("upscale_models", ["upscale_models"], Weights),
        new("latent_upscale_models", ["latent_upscale_models"], Weights),
        new("hypernetworks", ["hypernetworks"], Weights),
        new("photomaker", ["photomaker"], Weights),
        new("classifiers", ["classifiers"], []),
        new("model_patches", ["model_patches"], Weights),
        new("audio_encoders", ["audio_encoders"], Weights),
    }.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
}

/// <summary>A kind of model file.</summary>
/// <param name="Name">The name that combos use.</param>
/// <param name="Paths">Folders under the models root, in order of search.</param>
/// <param name="Extensions">File name extensions that count, lower case with the dot; empty for all.</param>
public sealed record ModelFolder(string Name, IReadOnlyList<string> Paths, IReadOnlyList<string> Extensions);

using System.Text.Json.Nodes;

namespace Farm.Standalone.Demo;

/// <summary>ComfyUI's default text-to-image workflow in API format.</summary>
internal static class DefaultWorkflow
{
    /// <summary>The graph with a text as its positive conditioning.</summary>
    public static JsonObject Create(string text, string checkpoint, int size, int steps, long seed) => new()
    {
        ["3"] = Node("KSampler", new()
        {
            ["seed"] = seed, ["steps"] = steps, ["cfg"] = 8.0, ["sampler_name"] = "euler", ["scheduler"] = "normal", ["denoise"] = 1.0,
            ["model"] = Link("4", 0), ["positive"] = Link("6", 0), ["negative"] = Link("7", 0), ["latent_image"] = Link("5", 0),
        }),
        ["4"] = Node("CheckpointLoaderSimple", new() { ["ckpt_name"] = checkpoint }),
        ["5"] = Node("EmptyLatentImage", new() { ["width"] = size, ["height"] = size, ["batch_size"] = 1 }),
        ["6"] = Node("CLIPTextEncode", new() { ["text"] = text, ["clip"] = Link("4", 1) }),
        ["7"] = Node("CLIPTextEncode", new() { ["text"] = "text, watermark", ["clip"] = Link("4", 1) }),
        ["8"] = Node("VAEDecode", new() { ["samples"] = Link("3", 0), ["vae"] = Link("4", 2) }),
        ["9"] = Node("SaveImage", new() { ["filename_prefix"] = "ComfyUI", ["images"] = Link("8", 0) }),
    };

    private static JsonObject Node(string classType, JsonObject inputs) => new() { ["class_type"] = classType, ["inputs"] = inputs };

    private static JsonArray Link(string node, int slot) => [node, slot];
}

using Farm.Contracts.Catalog;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>Node definitions as ComfyUI 0.19.3 lists them, texts left out.</summary>
internal static class Definitions
{
    public static NodeDefinition[] All { get; } =
    [
        Node("EmptyImage", [Int("width", 512, 1, 16384, 1), Int("height", 512, 1, 16384, 1), Int("batch_size", 1, 1, 4096),
            Input("color", "INT", """{"default": 0, "min": 0, "max": 16777215, "step": 1, "display": "color"}""")], ["IMAGE"]),
        Node("ImageInvert", [Input("image", "IMAGE")], ["IMAGE"]) with { DisplayName = "Invert Image", More = """{"essentials_category": "Image Tools"}""" },
        Node("SaveImage", [Input("images", "IMAGE", "{}"), Input("filename_prefix", "STRING", """{"default": "ComfyUI"}""")], [], NodeTraits.OutputNode) with
        {
            Hidden = [new("prompt", "PROMPT"), new("extra_pnginfo", "EXTRA_PNGINFO")],
        },
        Node("PreviewImage", [Input("images", "IMAGE")], [], NodeTraits.OutputNode),
        Node("SolidMask", [Input("value", "FLOAT", """{"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.01}"""), Int("width", 512, 1, 16384, 1), Int("height", 512, 1, 16384, 1)], ["MASK"]),
        Node("MaskPreview", [Input("mask", "MASK")], [], NodeTraits.OutputNode) with { Style = NodeStyle.V3 },
        Node("ImageScale", [Input("image", "IMAGE"), Combo("upscale_method", """["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]"""),
            Int("width", 512, 0, 16384, 1), Int("height", 512, 0, 16384, 1), Combo("crop", """["disabled", "center"]""")], ["IMAGE"]),
        Node("LoadImage", [new InputDefinition { Name = "image", Type = "COMBO", Choices = "[]", Options = """{"image_upload": true}""", Files = new FileChoices("input", ["image"], [], MustExist: true) }], ["IMAGE", "MASK"]),
        Node("CheckpointLoaderSimple", [new InputDefinition { Name = "ckpt_name", Type = "COMBO", Choices = "[]", Files = new FileChoices("checkpoints", [], []) }], ["MODEL", "CLIP", "VAE"]),
        Node("Anything", [Input("value", "*")], ["*"], NodeTraits.OutputNode),
    ];

    public static InputDefinition Input(string name, string type, string? options = null) => new() { Name = name, Type = type, Options = options };

    public static InputDefinition Combo(string name, string choices) => new() { Name = name, Type = "COMBO", Choices = choices };

    public static NodeDefinition Node(string name, InputDefinition[] inputs, string[] outputs, NodeTraits traits = NodeTraits.None) => new()
    {
        ClassType = name,
        Category = "image",
        PythonModule = "nodes",
        Required = [.. inputs],
        Outputs = [.. outputs.Select(type => new OutputDefinition(type, type))],
        Traits = traits,
    };

    private static InputDefinition Int(string name, int @default, int min, int max, int? step = null) =>
        Input(name, "INT", $$"""{"default": {{@default}}, "min": {{min}}, "max": {{max}}{{(step is null ? "" : $", \"step\": {step}")}}}""");
}

using System.Text.Json.Nodes;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Text;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Testing;
using Farm.Worker.Imaging;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Whole workflows, node after node, against the pictures that ComfyUI 0.19.3 gave for them on the CPU in fp32.</summary>
public sealed class WorkflowTests : IDisposable
{
    private const int Rgba = 4;

    private readonly ModelMemory _memory = new(CPU);
    private readonly ServiceProvider _services;

    public WorkflowTests() => _services = new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddSingleton(new NodeLimitOptions())
        .AddSingleton(new CheckpointLoader(_memory, ComputePrecision.Fp32, new SmallEmbeddings()))
        .BuildServiceProvider();

    public void Dispose()
    {
        _services.Dispose();
        _memory.Dispose();
    }

    [Theory]
    [InlineData("txt2img")]
    [InlineData("txt2img-batch")]
    [InlineData("txt2img-euler_ancestral-normal")]
    [InlineData("txt2img-ddim-ddim_uniform")]
    [InlineData("txt2img-lcm-sgm_uniform")]
    [InlineData("img2img")]
    [InlineData("clip-skip")]
    [InlineData("vae-loader")]
    [InlineData("ksampler-advanced-two-stage")]
    [InlineData("cond-mask-timestep")]
    [InlineData("hires-fix")]
    [InlineData("inpaint-noise-mask")]
    [InlineData("latent-from-batch-noise")]
    [InlineData("patch-FreeU_V2")]
    [InlineData("patch-PatchModelAddDownscale")]
    [InlineData("patch-PerturbedAttentionGuidance")]
    [InlineData("patch-SelfAttentionGuidance")]
    [InlineData("patch-TomePatchModel")]
    [InlineData("upscale-model")]
    [InlineData("vae-decode-tiled")]
    [InlineData("controlnet")]
    [InlineData("cond-area-combine")]
    [InlineData("sampler-custom")]
    [InlineData("sampler-custom-advanced")]
    [InlineData("patch-RescaleCFG")]
    [InlineData("patch-ModelSamplingDiscrete")]
    [InlineData("sdxl-txt2img")]
    [InlineData("sdxl-default-encode")]
    [InlineData("lora")]
    [InlineData("inpaint-vae")]
    [InlineData("txt2img-dpmpp_2m_sde-exponential")]
    [InlineData("txt2img-dpmpp_3m_sde-karras")]
    [InlineData("txt2img-heun-beta")]
    [InlineData("txt2img-uni_pc-simple")]
    [InlineData("embedding")]
    public void Run_RecordedWorkflow_GivesTheRecordedPictures(string name)
    {
        var workflow = JsonNode.Parse(File.ReadAllText(PathOf(name + ".json")))!;
        var context = Context();

        Run(workflow["prompt"]!.AsObject(), context);

        var expected = workflow["images"]!.AsArray();
        Assert.Equal(expected.Count, context.Written.All.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            var picture = Decode(File.ReadAllBytes(PathOf((string)expected[i]!)));
            Assert.InRange(ShareWithinOne(picture, Decode(context.Written.All[i].Bytes)), 0.995, 1);
        }
    }

    [Fact]
    public void KSampler_EachStep_MovesTheBarAndShowsAPicture()
    {
        var context = Context(previewMethod: "latent2rgb");

        Run(JsonNode.Parse(File.ReadAllText(PathOf("txt2img.json")))!["prompt"]!.AsObject(), context);

        var steps = context.Progress;
        Assert.Equal(steps.Select((_, i) => (double)(i + 1)), steps.Select(step => step.Value));
        var picture = ImageDecoder.Decode(steps[^1].Preview!.Data, "preview").Frames[0];
        Assert.Equal(512, Math.Max(picture.Width, picture.Height));
    }

    [Fact]
    public void KSampler_Interrupted_Stops()
    {
        var context = Context();
        context.Interrupt();

        Assert.ThrowsAny<OperationCanceledException>(() => Run(JsonNode.Parse(File.ReadAllText(PathOf("txt2img.json")))!["prompt"]!.AsObject(), context));
    }

    [Fact]
    public void CheckpointLoader_NoCheckpoint_SaysWhichFileAndWhy()
    {
        var context = Context();
        context.Written.Models["checkpoints/sd15-tiny.safetensors"] = PathOf("txt2img.json");

        var error = Assert.Throws<NodeFailedException>(() => Run(JsonNode.Parse(File.ReadAllText(PathOf("txt2img.json")))!["prompt"]!.AsObject(), context));

        Assert.Equal("RuntimeError", error.Type);
        Assert.StartsWith("ERROR: Could not detect model type of: sd15-tiny.safetensors", error.Message, StringComparison.Ordinal);
    }

    private TestNodeContext Context(string? previewMethod = null)
    {
        var context = new TestNodeContext { Services = _services, PreviewMethod = previewMethod };
        context.Written.Models["checkpoints/sd15-tiny.safetensors"] = Checkpoints.PathOf("sd15-tiny");
        context.Written.Models["vae/vae-sd15.safetensors"] = Checkpoints.PathOf("vae-sd15");
        foreach (var (kind, name) in ((string, string)[])[("checkpoints", "sdxl-tiny"), ("loras", "lora-tiny"), ("controlnet", "controlnet-tiny"), ("upscale_models", "esrgan-tiny")])
            context.Written.Models[$"{kind}/{name}.safetensors"] = Manifests.PathOf(name);
        return context;
    }

    private static void Run(JsonObject prompt, TestNodeContext context)
    {
        Dictionary<string, IReadOnlyList<object?>> done = [];
        foreach (var id in prompt.Where(node => (string?)node.Value!["class_type"] == "SaveImage").Select(node => node.Key).ToList()) Evaluate(id);

        IReadOnlyList<object?> Evaluate(string id)
        {
            if (done.TryGetValue(id, out var known)) return known;
            var inputs = prompt[id]!["inputs"]!.AsObject();
            var values = inputs.Select(input => input.Value is JsonArray link ? Evaluate((string)link[0]!)[(int)link[1]!] : CaseValues.Read(input.Value)).ToArray();
            var node = (Node)RecordedCasesTests.Nodes[(string)prompt[id]!["class_type"]!].Create();
            return done[id] = node.Invoke(new NodeCall(context, [.. inputs.Select(input => input.Key)], values))!.Values;
        }
    }

    /// <summary>Of the values of red, green and blue: alpha is 255 everywhere.</summary>
    private static double ShareWithinOne(PixelBuffer expected, PixelBuffer actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal((Rgba, Rgba), (expected.Channels, actual.Channels));
        var near = expected.Data.Zip(actual.Data).Where((_, i) => i % Rgba != Rgba - 1).Count(pair => Math.Abs(pair.First - pair.Second) <= 1);
        return near / (double)(expected.Width * expected.Height * (Rgba - 1));
    }

    private static PixelBuffer Decode(byte[] file) => ImageDecoder.Decode(file, "picture.png").Frames[0];

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Workflows", name);

    /// <summary>The one embedding file of the recordings.</summary>
    private sealed class SmallEmbeddings : ITextEmbeddings
    {
        public Tensor? Find(string name, string encoder, long width) => name == "embedding-tiny" ? EmbeddingFile.Read(Manifests.PathOf(name), encoder, width) : null;
    }
}

using System.Text.Json.Nodes;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Text;
using Farm.Engine.Weights;
using Farm.Nodes;
using Farm.Testing;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>
/// Nodes that change models, guidance or text sides, on the small checkpoint: what a run with their output gives, against recordings of
/// ComfyUI 0.19.3 (Fixtures/Models/ORIGIN.md).
/// </summary>
public sealed class ModelCasesTests(ModelCasesTests.Loaded loaded) : IClassFixture<ModelCasesTests.Loaded>
{
    private const int KeptFeature = 8;

    private static readonly Dictionary<string, JsonObject> Cases =
        JsonNode.Parse(File.ReadAllText(PathOf("cases.json")))!.AsArray().Select(node => node!.AsObject()).ToDictionary(node => (string)node["id"]!, StringComparer.Ordinal);

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Run_OfARecordedCase_GivesTheRecordedResult(string id)
    {
        using var scope = NewDisposeScope();
        var recorded = Cases[id];
        var expected = loaded.Expected((string)recorded["expected"]!, id);

        var output = Invoke((string)recorded["class_type"]!, [.. recorded["inputs"]!.AsObject().Select(input => (input.Key, loaded.Value(input.Value)))])[0];

        var actual = output is ITextEncoder clip ? clip.Encode((string)recorded["text"]!).Cond : Sample(recorded, output);
        if (actual.shape[^1] == expected.shape[^1] * KeptFeature) actual = actual[TensorIndex.Ellipsis, TensorIndex.Slice(step: KeptFeature)];
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(((actual - expected).norm() / expected.norm()).item<float>(), 0, output is ITextEncoder ? 1e-4 : 1e-3);
    }

    private Tensor Sample(JsonObject recorded, object? output)
    {
        var guider = output as GuiderSource ?? Invoke(
            "CFGGuider", ("model", output), ("positive", loaded.Positive), ("negative", loaded.Negative), ("cfg", (double?)recorded["cfg"] ?? 5))[0];
        var model = output as DiffusionModel ?? loaded.Model;
        var size = ((int?)recorded["width"] ?? 64, (int?)recorded["height"] ?? 64);
        var masked = (bool?)recorded["masked"] is true;
        var latent = new Latent(masked ? loaded.Expected("patches", "latent_in") : zeros((int?)recorded["batch"] ?? 1, 4, size.Item2 / 8, size.Item1 / 8))
        {
            NoiseMask = masked ? loaded.Expected("patches", "mask_ramp") : null,
        };
        var sampled = Invoke(
            "SamplerCustomAdvanced",
            ("noise", Invoke("RandomNoise", ("noise_seed", 42L))[0]),
            ("guider", guider),
            ("sampler", Invoke("KSamplerSelect", ("sampler_name", (string?)recorded["sampler"] ?? "euler"))[0]),
            ("sigmas", Invoke("BasicScheduler", ("model", model), ("scheduler", (string?)recorded["scheduler"] ?? "karras"), ("steps", 5L), ("denoise", 1.0))[0]),
            ("latent_image", latent))[0];
        return ((Latent)sampled!).Samples;
    }

    private IReadOnlyList<object?> Invoke(string classType, params (string Name, object? Value)[] inputs)
    {
        var node = (Node)RecordedCasesTests.Nodes[classType].Create();
        return node.Invoke(new NodeCall(loaded.Context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!.Values;
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Models", name);

    /// <summary>The small checkpoint and its twin of other values, loaded once.</summary>
    public sealed class Loaded : IDisposable
    {
        private const string PositiveText = "a photo of a cat, (masterpiece:1.2), ((best quality)), [lowres]";

        private readonly ModelMemory _memory = new(CPU);
        private readonly ServiceProvider _services;
        private readonly LoadedCheckpoint _other;
        private readonly Dictionary<string, SafetensorsFile> _recorded = new(StringComparer.Ordinal);

        public Loaded()
        {
            var loader = new CheckpointLoader(_memory, ComputePrecision.Fp32);
            _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(new NodeLimitOptions()).AddSingleton(loader).BuildServiceProvider();
            var checkpoint = loader.Load(Checkpoints.PathOf("sd15-tiny"));
            _other = loader.Load(Manifests.PathOf("sd15-tiny", "#b"));
            (Model, Clip) = (checkpoint.Model, checkpoint.Clip!);
            Context = new TestNodeContext { Services = _services };
            Context.Written.Models["hypernetworks/hypernet-tiny.pt"] = Manifests.HypernetworkPath;
            (Positive, Negative) = (Encode(PositiveText), Encode("blurry"));
        }

        public DiffusionModel Model { get; }

        internal TestNodeContext Context { get; }

        internal Conditioning Positive { get; }

        internal Conditioning Negative { get; }

        private ITextEncoder Clip { get; }

        public Tensor Expected(string file, string name)
        {
            if (!_recorded.TryGetValue(file, out var opened)) _recorded[file] = opened = SafetensorsFile.Open(PathOf(file + ".safetensors"));
            return opened.OpenTensor(name);
        }

        /// <summary>An input of a case: <c>$model</c>, <c>$clip</c>, their twins with B behind the name, <c>$text:…</c>, or a plain value.</summary>
        public object? Value(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text switch
        {
            "$model" => Model,
            "$modelB" => _other.Model,
            "$clip" => Clip,
            "$clipB" => _other.Clip,
            _ when text.StartsWith("$text:", StringComparison.Ordinal) => Encode(text["$text:".Length..]),
            _ => text,
        } : CaseValues.Read(node);

        public void Dispose()
        {
            foreach (var file in _recorded.Values) file.Dispose();
            _services.Dispose();
            _memory.Dispose();
        }

        private Conditioning Encode(string text)
        {
            using var mode = inference_mode(true);
            return CLIPTextEncode.Encoded(Clip.Encode(text));
        }
    }
}

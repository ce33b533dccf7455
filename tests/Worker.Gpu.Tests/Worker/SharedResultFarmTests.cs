using System.Diagnostics.Metrics;
using Farm.Contracts.Prompts;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Gpu.Tests.Nodes;
using Farm.Worker.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Farm.Worker.Tests.Worker;

/// <summary>Two executors, each with a memory of its own, on the farm's grains.</summary>
public sealed class SharedResultFarmTests : IDisposable
{
    private const int Frames = 20;
    private const int Texts = 2;
    private const string Checkpoint = "sd15-tiny";

    private readonly string _models = Directory.CreateTempSubdirectory("farm-models-").FullName;

    public SharedResultFarmTests()
    {
        Directory.CreateDirectory(Path.Combine(_models, "checkpoints"));
        File.CreateSymbolicLink(Path.Combine(_models, "checkpoints", $"{Checkpoint}.safetensors"), Checkpoints.PathOf(Checkpoint));
    }

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task FramesWithOneText_OnTwoExecutors_EncodeItOnce_AndGiveThePicturesOfOneAlone()
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var together = await RenderAsync(executors: 2, shared: true, counts);
        var alone = await RenderAsync(executors: 1, shared: false, []);

        Assert.Equal(Texts, counts["farm.shared_results.stored"]);
        Assert.Equal(Texts, counts["farm.shared_results.misses"]);
        Assert.Equal(Texts, counts["farm.shared_results.hits"]);
        Assert.Equal(Frames, together.Count);
        Assert.Equal(alone, together);
    }

    private async Task<IReadOnlyList<string>> RenderAsync(int executors, bool shared, Dictionary<string, long> counts)
    {
        await using var silo = await WorkerSilo.StartAsync(
            new()
            {
                ["Farm:Data:Models"] = _models,
                ["Farm:Data:LinkTargets:0"] = Path.GetDirectoryName(Checkpoints.PathOf(Checkpoint)),
                ["Farm:Worker:Parallelism"] = $"{executors}",
                ["Farm:Worker:SharedResults:Enabled"] = $"{shared}",
                ["Farm:Worker:SharedResults:HashPatience"] = "00:01:00",
                ["Farm:Worker:SharedResults:Patience"] = "00:00:20",
                ["Farm:SharedResults:MaxPatience"] = "00:00:20",
            },
            [.. RecordedCasesTests.Nodes.Values]);
        using var listener = Listen(silo.Services.GetRequiredService<IMeterFactory>(), counts);
        for (var seed = 0; seed < Frames; seed++)
            await silo.SubmitAsync($"frame{seed}", Frame(seed), "9");
        for (var ended = 0; ended < Frames; ended++)
            await silo.NextAsync<NodeExecuting>(e => e.Node is null);
        return [.. Enumerable.Range(0, Frames).Select(seed => Pixels(Path.Combine(silo.Folder, "output", $"f{seed}_00001_.png")))];
    }

    private static MeterListener Listen(IMeterFactory factory, Dictionary<string, long> counts)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Farm.SharedResults" && ReferenceEquals(instrument.Meter.Scope, factory))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
        {
            lock (counts)
                counts[instrument.Name] = counts.GetValueOrDefault(instrument.Name) + count;
        });
        listener.Start();
        return listener;
    }

    private static string Pixels(string path) => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(ImageDecoder.Decode(File.ReadAllBytes(path), path).Frames[0].Data));

    private static string Frame(int seed) => $$$"""
        {
          "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "{{{Checkpoint}}}.safetensors"}},
          "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
          "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a photo of a cat, (masterpiece:1.2)", "clip": ["4", 1]}},
          "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
          "3": {"class_type": "KSampler", "inputs": {"seed": {{{seed}}}, "steps": 1, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
            "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
          "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
          "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "f{{{seed}}}", "images": ["8", 0]}}
        }
        """;
}

using System.Text.Json.Nodes;
using Farm.Contracts.Prompts;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Testing;
using Farm.Worker.Execution;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Farm.Worker.Tests.Execution;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static TorchSharp.torch;
using RunRecord = Farm.Worker.Tests.Execution.Recorded;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Tests that count the process's tensors run alone.</summary>
[CollectionDefinition(nameof(Counted), DisableParallelization = true)]
public sealed class Counted;

/// <summary>What a worker keeps in memory after many prompts, by the executor and the nodes as they run in a farm.</summary>
[Collection(nameof(Counted))]
public sealed class WorkflowLeakTests : IDisposable
{
    private const int Prompts = 100;
    private const int RecordedSide = 128;
    private const int Side = 64;

    private static readonly string[] Workflows =
        ["txt2img", "lora", "txt2img-dpmpp_2m_sde-exponential", "controlnet", "cond-area-combine", "sampler-custom-advanced", "patch-FreeU_V2", "clip-skip", "inpaint-noise-mask", "cond-mask-timestep"];

    private readonly ModelMemory _memory = new(CPU);
    private readonly ServiceProvider _services;
    private readonly TestNodeFiles _files = new();

    public WorkflowLeakTests()
    {
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(new NodeLimitOptions()).AddSingleton(new CheckpointLoader(_memory, ComputePrecision.Fp32)).BuildServiceProvider();
        _files.Models["checkpoints/sd15-tiny.safetensors"] = Checkpoints.PathOf("sd15-tiny");
        foreach (var (kind, name) in ((string, string)[])[("loras", "lora-tiny"), ("controlnet", "controlnet-tiny")]) _files.Models[$"{kind}/{name}.safetensors"] = Manifests.PathOf(name);
    }

    public void Dispose()
    {
        _services.Dispose();
        _memory.Dispose();
    }

    /// <summary>Recorded workflows in turn, of one step on 8×8 cells; of ten one is interrupted in its sampler and one fails there, every fifth of the others is decoded.</summary>
    [Fact(Explicit = true)] // Minutes on two cores.
    public void Execute_AHundredPromptsWithFailuresAmongThem_LeavesNoTensor()
    {
        var executor = new PromptExecutor(
            new NodeTable(RecordedCasesTests.Nodes.Values), new CacheOptions().Create(new FakeMemory()), new TorchNodeInvoker(_memory), _services, TimeProvider.System, NullLogger<PromptExecutor>.Instance);
        for (var i = 0; i < 2 * Workflows.Length; i++) Run(executor, i);
        var before = Left(executor);
        var ends = new Dictionary<RunOutcome, int>();

        for (var i = 0; i < Prompts; i++)
        {
            var end = Run(executor, i).Outcome;
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        Assert.Equal(before, Left(executor));
        Assert.Equal((80, 10, 10), (ends[RunOutcome.Success], ends[RunOutcome.Error], ends[RunOutcome.Interrupted]));
    }

    private static long Left(PromptExecutor executor)
    {
        executor.DropResults();
        Assert.Equal(0, executor.Ledger.Count);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    private RunEnd Run(PromptExecutor executor, int i)
    {
        // Another workflow is hit in each round of ten.
        var (round, place) = (i / Workflows.Length, i % Workflows.Length);
        var (fails, stops) = (place == round % Workflows.Length, place == (round + 5) % Workflows.Length);
        var prompt = Small(Workflows[place], seed: i, fails);
        var sampler = prompt.First(node => IsSampler(node.Value!)).Key;
        var target = i % 5 == 0 || fails || stops ? prompt.First(node => (string?)node.Value!["class_type"] == "SaveImage").Key : sampler;
        using var interrupt = new CancellationTokenSource();
        var sink = new RunRecord { Seen = happened => { if (stops && happened is NodeExecuting executing && executing.Node == sampler) interrupt.Cancel(); } };
        return executor.Execute(new RunRequest { Tenant = "default", PromptId = $"{i}", Prompt = prompt.ToJsonString(), Targets = [target], Files = _files }, sink, interrupt.Token);
    }

    /// <summary>A recorded workflow on a small latent in one step, with a seed of its own; one that fails has a text in its latent's place. The one with an area stays as wide as that asks.</summary>
    private static JsonObject Small(string name, int seed, bool fails)
    {
        var prompt = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Workflows", name + ".json")))!["prompt"]!.AsObject();
        foreach (var (_, node) in prompt)
        {
            var inputs = node!["inputs"]!.AsObject();
            if (inputs["width"] is JsonValue width && (int)width == RecordedSide) (inputs["width"], inputs["height"]) = (Side, Side);
            if (inputs["steps"] is JsonValue) inputs["steps"] = 1;
            foreach (var input in (string[])["seed", "noise_seed"]) if (inputs[input] is JsonValue) inputs[input] = seed;
            if (fails && IsSampler(node)) inputs["latent_image"] = "no latent";
        }
        return prompt;
    }

    private static bool IsSampler(JsonNode node) => (string?)node["class_type"] is "KSampler" or "SamplerCustomAdvanced";
}

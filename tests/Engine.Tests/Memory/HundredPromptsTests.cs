using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Memory;

/// <summary>What stays in memory after many prompts of different kinds.</summary>
[Collection(nameof(Measured))]
public sealed class HundredPromptsTests
{
    private const int Prompts = 100;

    /// <summary>Parts in turn: an adapter, a control network, patches, a mask, SDE noise.</summary>
    [Fact]
    public void Prompts_AHundredOfEveryKind_LeaveNoTensor()
    {
        using var memory = new ModelMemory(CPU);
        var loader = new CheckpointLoader(memory);
        var (model, clip, vae) = loader.Load(GeneratedFiles.PathOf("sd15-tiny")) is { } checkpoint ? (checkpoint.Model, checkpoint.Clip!, checkpoint.Vae!) : default;
        DiffusionModel[] models = [model, AdapterFile.Open(Manifests.PathOf("keystyle-generic-tiny")).ApplyTo(model, 0.5f), model.WithFreeU(new(1.1f, 0.9f), new(1.2f, 0.2f), second: true).WithPerturbedAttention(2)];
        var control = loader.LoadControl(Manifests.PathOf("t2i-avgpool-tiny"));
        for (var i = 0; i < models.Length * 2; i++) Run(i);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = LiveTensors.Count();

        for (var i = 0; i < Prompts; i++) Run(i);

        Assert.Equal(before, Tensor.TotalCount);

        void Run(int i)
        {
            using var scope = NewDisposeScope();
            using var mode = inference_mode(true);
            var hint = ones(1, 64, 64, 3);
            var applied = i % 2 == 0 ? null : control.With(hint, 0.5f);
            var run = models[i % models.Length].Prepare();
            var settings = new KSamplerSettings((ulong)i, 1, 3, i % 4 == 0 ? "dpmpp_sde" : "euler", "karras") { Hooks = run.Hooks };
            var latent = new LatentImage(zeros(1, 4, 8, 8), i % 5 == 0 ? ones(1, 64, 64) : null);
            var sampled = KSampler.Sample(run.Model, settings, Entries($"(prompt:1.2) {i}", applied), Entries("", applied), latent);
            if (i % 25 == 0) vae.Decode(sampled);
        }

        ConditioningEntry[] Entries(string text, IControl? applied) => [new ConditioningEntry(clip.Encode(text).Cond) { Control = applied }];
    }
}

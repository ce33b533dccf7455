using System.Collections.Immutable;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Text;
using Farm.Engine.Weights;
using Farm.Nodes;
using Farm.Testing;
using Farm.Worker.Gpu.Tests.Nodes;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Fixtures;

/// <summary>Model nodes over small models, which are loaded once for a class of tests.</summary>
public sealed class ModelNodes : IDisposable
{
    private readonly ModelMemory _memory = new(CPU);
    private readonly ServiceProvider _services;

    public ModelNodes()
    {
        Folder = Directory.CreateTempSubdirectory("farm-model-nodes-").FullName;
        Files = new DiskFiles(Folder);
        Loader = new CheckpointLoader(_memory, ComputePrecision.Fp32);
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(new NodeLimitOptions()).AddSingleton(Loader).BuildServiceProvider();
        Context = new TestNodeContext { Services = _services, Files = Files };
        Files.Models["checkpoints/sd15-tiny.safetensors"] = Checkpoints.PathOf("sd15-tiny");
        Files.Models["checkpoints/other.safetensors"] = Manifests.PathOf("sd15-tiny", "#b");
        foreach (var (kind, name) in ((string, string)[])[("checkpoints", "sd15-inpaint-tiny"), ("checkpoints", "sd15-ip2p-tiny"), ("loras", "lora-tiny"), ("controlnet", "controlnet-tiny")])
            Files.Models[$"{kind}/{name}.safetensors"] = Manifests.PathOf(name);
        var checkpoint = Invoke("CheckpointLoaderSimple", ("ckpt_name", "sd15-tiny.safetensors"));
        (Model, Clip, Vae) = ((DiffusionModel)checkpoint[0]!, (ITextEncoder)checkpoint[1]!, (VaeModel)checkpoint[2]!);
        var other = Invoke("CheckpointLoaderSimple", ("ckpt_name", "other.safetensors"));
        (OtherModel, OtherClip) = ((DiffusionModel)other[0]!, (ITextEncoder)other[1]!);
    }

    public CheckpointLoader Loader { get; }

    public DiffusionModel Model { get; }

    public ITextEncoder Clip { get; }

    public VaeModel Vae { get; }

    /// <summary>The same networks with other values.</summary>
    public DiffusionModel OtherModel { get; }

    public ITextEncoder OtherClip { get; }

    internal TestNodeContext Context { get; }

    internal DiskFiles Files { get; }

    /// <summary>For files of a test.</summary>
    internal string Folder { get; }

    public void Dispose()
    {
        _services.Dispose();
        _memory.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The outputs of a node.</summary>
    internal IReadOnlyList<object?> Invoke(string classType, params (string Name, object? Value)[] inputs)
    {
        using var mode = inference_mode(true);
        var node = (Node)RecordedCasesTests.Nodes[classType].Create();
        return node.Invoke(new NodeCall(Context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!.Values;
    }

    /// <summary>Two steps of euler from an empty latent of 8×8 cells, or another latent.</summary>
    internal Tensor Sample(object? model, object? positive, object? negative, Latent? latent = null) => ((Latent)Invoke(
        "KSampler",
        ("model", model), ("seed", 1L), ("steps", 2L), ("cfg", 4.0), ("sampler_name", "euler"), ("scheduler", "karras"), ("positive", positive), ("negative", negative),
        ("latent_image", latent ?? new Latent(zeros(1, 4, 8, 8))), ("denoise", 1.0))[0]!).Samples;

    internal Conditioning Encode(string text, object? clip = null) => (Conditioning)Invoke("CLIPTextEncode", ("text", text), ("clip", clip ?? Clip))[0]!;

    /// <summary>A conditioning of random text states, which needs no text encoder.</summary>
    internal static Conditioning Text(int seed, long width = 768)
    {
        using var random = new Generator((ulong)seed);
        return new Conditioning([new ConditioningItem(randn([1, 77, width], generator: random), ImmutableDictionary<string, object?>.Empty)]);
    }

    /// <summary>Writes tensors of a file under other names, or leaves those out whose new name is null.</summary>
    internal string Copy(string from, string name, Func<string, string?> rename)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(from);
        var path = Path.Combine(Folder, name);
        SafetensorsWriter.Write(path, [.. file.Tensors.Where(tensor => rename(tensor.Name) is not null).Select(tensor => KeyValuePair.Create(rename(tensor.Name)!, file.OpenTensor(tensor.Name)))]);
        return path;
    }

    /// <summary>‖actual − expected‖ / ‖expected‖.</summary>
    internal static double Error(Tensor actual, Tensor expected)
    {
        Xunit.Assert.Equal(expected.shape, actual.shape);
        return ((actual - expected).norm() / expected.norm()).item<float>();
    }
}

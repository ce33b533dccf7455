using System.Text;
using System.Text.Json.Nodes;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Vae;
using Farm.Engine.Weights;
using Farm.Nodes;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Approximations of autoencoders as VAE, and a VAE written to a file.</summary>
public sealed class TinyVaeNodeTests : IDisposable
{
    private readonly ModelMemory _memory = new(CPU);
    private readonly ServiceProvider _services;
    private readonly TestNodeContext _context;
    private readonly string _folder = Directory.CreateTempSubdirectory("tiny-vae").FullName;

    public TinyVaeNodeTests()
    {
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(new NodeLimitOptions()).AddSingleton(new CheckpointLoader(_memory, ComputePrecision.Fp32)).BuildServiceProvider();
        _context = new TestNodeContext { Services = _services };
        Write("taesd_encoder.pth", ("0", 8, 3), ("2", 8, 8), ("14", 4, 8));
        Write("taesd_decoder.safetensors", ("1", 8, 4), ("7", 8, 8), ("19", 3, 8));
    }

    public void Dispose()
    {
        _services.Dispose();
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void VAELoader_NameOfAnApproximation_OpensBothFilesWhateverTheirEnding()
    {
        var vae = Assert.IsType<VaeModel>(Invoke("VAELoader", ("vae_name", "taesd"))[0]);

        Assert.Equal(4, vae.LatentChannels);
    }

    [Fact]
    public void VAELoader_ApproximationWithoutItsFiles_NamesTheFile()
    {
        var error = Assert.Throws<NodeFailedException>(() => Invoke("VAELoader", ("vae_name", "taesdxl")));

        Assert.Contains("taesdxl_encoder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void VAESave_WritesTheWeightsAndThePrompt()
    {
        var vae = Invoke("VAELoader", ("vae_name", "taesd"))[0];

        Invoke("VAESave", ("vae", vae), ("filename_prefix", "vae/mine"), ("prompt", new Dictionary<string, object?> { ["1"] = "text" }), ("extra_pnginfo", null));

        var (file, bytes) = Assert.Single(_context.Written.All);
        Assert.Equal(("vae", "mine_00001_.safetensors"), (file.Subfolder, file.FileName));
        var header = JsonNode.Parse(Encoding.UTF8.GetString(bytes, 8, BitConverter.ToInt32(bytes)))!;
        Assert.Equal("{\"1\": \"text\"}", (string?)header["__metadata__"]!["prompt"]);
        Assert.Equal(8, (int)header["decoder.1.weight"]!["shape"]![0]!);
    }

    private void Write(string name, params (string Layer, long Outputs, long Inputs)[] layers)
    {
        var path = Path.Combine(_folder, name);
        var tensors = layers.SelectMany(layer => (KeyValuePair<string, Tensor>[])[
            new(layer.Layer + ".weight", ones(layer.Outputs, layer.Inputs, 3, 3)), .. layer.Layer is "2" or "7" ? [] : (KeyValuePair<string, Tensor>[])[new(layer.Layer + ".bias", ones(layer.Outputs))]]).ToList();
        SafetensorsWriter.Write(path, tensors);
        foreach (var (_, tensor) in tensors) tensor.Dispose();
        _context.Written.Models["vae_approx/" + name] = path;
    }

    private IReadOnlyList<object?> Invoke(string classType, params (string Name, object? Value)[] inputs)
    {
        var node = (Node)RecordedCasesTests.Nodes[classType].Create();
        return node.Invoke(new NodeCall(_context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!.Values;
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Vae;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using Farm.Nodes;
using Farm.Worker.Imaging;
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

    /// <summary>The approximation's own picture, 2 pixels a cell by the one doubling of these files, where the colour matrix gives 512 pixels.</summary>
    [Fact]
    public void Preview_ByTheApproximation_IsThePictureItDecodes()
    {
        var context = new TestNodeContext { Services = _services, PreviewMethod = "taesd", Files = _context.Files };
        using var scope = NewDisposeScope();
        var x0 = randn([2, 4, 6, 9], generator: new Generator(1));

        var preview = LatentPreviews.For(context, LatentFormats.SD15)!.Create(x0);

        var picture = ImageDecoder.Decode(preview.Data, "preview").Frames[0];
        var decoded = Assert.IsType<VaeModel>(Invoke("VAELoader", ("vae_name", "taesd"))[0]).Decode(LatentFormats.SD15.FromModel(x0.narrow(0, 0, 1)));
        Assert.Equal("image/jpeg", preview.MimeType);
        Assert.Equal((decoded.shape[2], decoded.shape[1]), (picture.Width, picture.Height));
        var byColours = LatentPreviews.For(new TestNodeContext { PreviewMethod = "latent2rgb" }, LatentFormats.SD15)!.Create(x0);
        Assert.Equal(512, ImageDecoder.Decode(byColours.Data, "preview").Frames[0].Width);
    }

    /// <summary>Without its files the colour matrix stands in.</summary>
    [Fact]
    public void Preview_ByAnApproximationThatIsNotThere_IsTheColourMatrixs()
    {
        using var x0 = randn([1, 4, 6, 9], generator: new Generator(1));

        var (asked, byColours) = (Preview("taesd"), Preview("latent2rgb"));

        Assert.Equal(byColours, asked);

        byte[] Preview(string method) => LatentPreviews.For(new TestNodeContext { Services = _services, PreviewMethod = method }, LatentFormats.SD15)!.Create(x0).Data.ToArray();
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

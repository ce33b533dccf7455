using Farm.Engine.Weights;
using Farm.Nodes;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Latents in files.</summary>
public sealed class LatentFileTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSingleton(TimeProvider.System).AddSingleton(new NodeLimitOptions()).BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    private TestNodeContext Context() => new() { Services = _services };

    private static Tensor Load(TestNodeContext context, byte[] file)
    {
        context.Written.Uploaded["a.latent"] = file;
        return ((Latent)new LoadLatent().Invoke(new NodeCall(context, ["latent"], ["a.latent"]))!.Values[0]!).Samples;
    }

    [Fact]
    public void SavedLatent_ComesBackBitEqual_AndIsShown()
    {
        using var scope = NewDisposeScope();
        var context = Context();
        var samples = arange(32, ScalarType.Float32).reshape(1, 4, 2, 4).div(7);
        var result = new SaveLatent().Invoke(new NodeCall(context, ["samples", "filename_prefix", "prompt"], [new Latent(samples), "latents/x", new Dictionary<string, object?>()]))!;

        var saved = Assert.Single(context.Written.All);
        Assert.Equal(("latents", "x_00001_.latent"), (saved.File.Subfolder, saved.File.FileName));
        Assert.Single(result.Ui!.Lists["latents"]);
        Assert.Equal(samples.bytes.ToArray(), Load(context, saved.Bytes).bytes.ToArray());
    }

    [Fact]
    public void FileWithoutMark_IsScaledUp()
    {
        using var scope = NewDisposeScope();
        var path = Path.GetTempFileName();
        SafetensorsWriter.Write(path, [new("latent_tensor", full([1, 4, 1, 1], 0.18215f))]);
        var loaded = Load(Context(), File.ReadAllBytes(path));
        File.Delete(path);
        Assert.All(loaded.data<float>().ToArray(), value => Assert.Equal(1, value, 1e-6f));
    }

    [Fact]
    public void FileThatIsNoLatent_IsNamed() =>
        Assert.Contains("a.latent", Assert.Throws<NodeFailedException>(() => Load(Context(), [1, 2, 3])).Message, StringComparison.Ordinal);
}

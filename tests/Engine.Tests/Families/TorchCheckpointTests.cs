using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Tests.Models;
using Farm.Engine.Weights;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>Whole models as torch.save writes them.</summary>
[Collection(nameof(Measured))]
public sealed class TorchCheckpointTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-torch-").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>As Lightning writes a training's state: the weights under <c>state_dict</c>, other things beside it.</summary>
    [Fact]
    public void Load_OfACkpt_EqualsTheRecordings()
    {
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        var path = Path.Combine(_folder, "sd15-tiny.ckpt");
        TorchArchive.Write(path, new Dictionary<string, object> { ["epoch"] = 3, ["pytorch-lightning_version"] = "1.4", ["state_dict"] = All(file) });
        using var text = Fixture.Open("sd15-clip.safetensors");
        using var unet = Fixture.Open("sd15-unet.safetensors");
        using var vae = Fixture.Open("sd15-vae.safetensors");

        var checkpoint = new CheckpointLoader(_memory).Load(path);

        Assert.Equal("SD1.x", checkpoint.Family);
        var encoding = checkpoint.Clip!.Encode("a photo of a cat");
        Assert.InRange(Fixture.RelativeError(encoding.Cond, text.OpenTensor("cond0")), 0, Tolerance);
        Assert.InRange(Fixture.RelativeError(encoding.Pooled, text.OpenTensor("pooled0")), 0, Tolerance);
        var eps = checkpoint.Model.Predict(unet.OpenTensor("x"), unet.OpenTensor("timesteps"), new ModelInputs(unet.OpenTensor("context"), Y: null));
        Assert.InRange(Fixture.RelativeError(eps, unet.OpenTensor("eps")), 0, Tolerance);
        Assert.InRange(Fixture.RelativeError(checkpoint.Vae!.Decode(vae.OpenTensor("z")), vae.OpenTensor("image")), 0, Tolerance);
    }

    [Fact]
    public void Open_OfALoraInPt_ChangesWeightsAsTheSafetensorsFileDoes()
    {
        using var file = SafetensorsFile.Open(Manifests.PathOf("lora-tiny"));
        var path = Path.Combine(_folder, "lora.pt");
        TorchArchive.Write(path, All(file));
        var model = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
        var expected = AdapterFile.Open(Manifests.PathOf("lora-tiny")).Fit(model.Part, soleEncoder: true, 0.5f)!;

        var actual = AdapterFile.Open(path).Fit(model.Part, soleEncoder: true, 0.5f)!;

        var covered = model.Part.Stored.Names.Where(expected.Covers).ToArray();
        Assert.NotEmpty(covered);
        Assert.All(model.Part.Stored.Names, name => Assert.Equal(expected.Covers(name), actual.Covers(name)));
        foreach (var name in covered)
        {
            using var each = NewDisposeScope();
            var weight = model.Part.Stored.Open(name).to(ScalarType.Float32);
            Assert.True(Fixture.Same(actual.Apply(name, weight.clone()), expected.Apply(name, weight.clone())));
        }
    }

    [Fact]
    public void LoadVae_OfAPt_IsTheVae()
    {
        using var random = new Generator(4);
        var source = SmallVae.Of(random, latentChannels: 4);
        var (plain, pickled) = (Path.Combine(_folder, "vae.safetensors"), Path.Combine(_folder, "vae.pt"));
        SafetensorsWriter.Write(plain, [.. source.Tensors.Select(tensor => KeyValuePair.Create(tensor.Name, source.OpenTensor(tensor.Name)))]);
        TorchArchive.Write(pickled, new Dictionary<string, object> { ["state_dict"] = All(source) });
        var latent = randn([1, 4, 6, 5], generator: random);
        var loader = new CheckpointLoader(_memory);

        var actual = loader.LoadVae(pickled).Decode(latent);

        Assert.True(Fixture.Same(actual, loader.LoadVae(plain).Decode(latent)));
    }

    private static Dictionary<string, object> All(IWeightSource file) => file.Tensors.ToDictionary(tensor => tensor.Name, tensor => (object)file.OpenTensor(tensor.Name));
}

using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Weights;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Families;

/// <summary>Networks in files of their own, and weights kept in float8.</summary>
[Collection(nameof(Measured))]
public sealed class SeparateFilesTests : IDisposable
{
    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("separate").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void LoadDiffusion_WithoutThePrefix_IsTheCheckpointsNetwork()
    {
        var bare = Copy("unet.safetensors", GeneratedFiles.PathOf("sd15-tiny"), name => name.StartsWith("model.diffusion_model.", StringComparison.Ordinal) ? name["model.diffusion_model.".Length..] : null);
        var loader = new CheckpointLoader(_memory);

        var alone = loader.LoadDiffusion(bare);

        Assert.Equal(LatentFormats.SD15, alone.LatentFormat);
        Assert.InRange(Fixture.RelativeError(Predict(alone), Predict(loader.Load(GeneratedFiles.PathOf("sd15-tiny")).Model)), 0, 1e-6);
    }

    [Theory]
    [InlineData(WeightStorage.Float8E4M3, 24)]
    [InlineData(WeightStorage.Float8E5M2, 23)]
    public void LoadDiffusion_InFloat8_IsTheNetworkOfRoundedWeights(WeightStorage storage, int type)
    {
        var path = GeneratedFiles.PathOf("sd15-tiny");
        var loader = new CheckpointLoader(_memory);
        var whole = loader.Load(path).Model;

        var small = loader.LoadDiffusion(path, storage);

        var expected = Predict(whole.With(new Rounded((ScalarType)type)));
        Assert.InRange(Fixture.RelativeError(Predict(small), expected), 0, 1e-5);
        Assert.InRange(Fixture.RelativeError(expected, Predict(whole)), 1e-3, 1);
        var sizes = _memory.Residents.Select(resident => resident.Bytes).ToArray();
        Assert.Equal(sizes.Max(), sizes.Min() * 4);
    }

    [Fact]
    public void LoadText_OfTwoFilesInEitherOrder_IsSdxlsTextSide()
    {
        var path = Manifests.PathOf("sdxl-tiny");
        var l = Copy("l.safetensors", path, name => Under(name, "conditioner.embedders.0.transformer."));
        var g = Copy("g.safetensors", path, name => Under(name, "conditioner.embedders.1.model."));
        var loader = new CheckpointLoader(_memory);
        var expected = loader.Load(path).Clip!.Encode("a red car");

        foreach (var (first, second) in ((string, string)[])[(l, g), (g, l)])
        {
            var actual = loader.LoadText(first, second).Encode("a red car");
            Assert.InRange(Fixture.RelativeError(actual.Cond, expected.Cond), 0, 1e-6);
            Assert.InRange(Fixture.RelativeError(actual.Pooled, expected.Pooled), 0, 1e-6);
        }
        Assert.Contains("768 and 768", Assert.Throws<WeightsFormatException>(() => loader.LoadText(l, l)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadText_OfOneFile_IsSd1sTextSide()
    {
        var path = GeneratedFiles.PathOf("sd15-tiny");
        var l = Copy("l.safetensors", path, name => Under(name, "cond_stage_model.transformer."));
        var loader = new CheckpointLoader(_memory);

        var encoder = loader.LoadText(l);

        Assert.InRange(Fixture.RelativeError(encoder.Encode("a red car").Cond, loader.Load(path).Clip!.Encode("a red car").Cond), 0, 1e-6);
    }

    [Fact]
    public void LoadText_OfAnotherFile_SaysWhatItHas()
    {
        var error = Assert.Throws<WeightsFormatException>(() => new CheckpointLoader(_memory).LoadText(Manifests.PathOf("redux-tiny")));

        Assert.Contains("redux_up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfADiffusersFolder_IsTheCheckpoint()
    {
        var path = GeneratedFiles.PathOf("sd15-tiny");
        var names = DiffusersUNetNames.Of(new StateDict(SafetensorsFile.Open(path)).Under("model.diffusion_model."));
        var parts = new DiffusersParts("folder", Copy("unet.safetensors", path, name => Under(name, "model.diffusion_model.") is { } unet ? names[unet] : null))
        {
            Vae = Copy("vae.safetensors", path, name => Under(name, "first_stage_model.") is { } vae ? DiffusersNames.Vae(vae) : null),
            TextEncoder = Copy("text.safetensors", path, name => Under(name, "cond_stage_model.transformer.")),
        };
        var loader = new CheckpointLoader(_memory, ComputePrecision.Fp32);
        var expected = loader.Load(path);
        var latent = randn([1, 4, 4, 4], generator: new Generator(1));

        var actual = loader.Load(parts);

        Assert.Equal(expected.Family, actual.Family);
        Assert.InRange(Fixture.RelativeError(Predict(actual.Model), Predict(expected.Model)), 0, 1e-6);
        Assert.Contains(_memory.Residents, resident => resident.Name == "folder unet");
        Assert.InRange(Fixture.RelativeError(actual.Clip!.Encode("a red car").Cond, expected.Clip!.Encode("a red car").Cond), 0, 1e-6);
        Assert.InRange(Fixture.RelativeError(actual.Vae!.Decode(latent), expected.Vae!.Decode(latent)), 0, 1e-6);
        Assert.InRange(Fixture.RelativeError(loader.LoadVae(parts.Vae).Decode(latent), expected.Vae.Decode(latent)), 0, 1e-6);
        Assert.InRange(Fixture.RelativeError(Predict(loader.LoadDiffusion(parts.UNet)), Predict(expected.Model)), 0, 1e-6);
    }

    [Fact]
    public void Load_OfADiffusersFolderWithAnotherNetwork_SaysWhatItHas()
    {
        var error = Assert.Throws<WeightsFormatException>(() => new CheckpointLoader(_memory).Load(new DiffusersParts("folder", Manifests.PathOf("redux-tiny"))));

        Assert.StartsWith("folder: unet: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("redux_up", error.Message, StringComparison.Ordinal);
    }

    /// <summary>SDXL's UNet has levels without attention and a vector.</summary>
    [Fact]
    public void DiffusersNames_OfSdxlsNetwork_AreReadBack()
    {
        using var file = SafetensorsFile.Open(Manifests.PathOf("sdxl-tiny"));
        var unet = new StateDict(file).Under("model.diffusion_model.");
        var names = DiffusersUNetNames.Of(unet);

        var back = DiffusersUNetKeys.Normalise(unet.Renamed("theirs", name => names[name]))!;

        Assert.Equal(unet.Names.Order(StringComparer.Ordinal), back.Names.Order(StringComparer.Ordinal));
    }

    private static string? Under(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;

    private string Copy(string name, string from, Func<string, string?> rename)
    {
        using var file = SafetensorsFile.Open(from);
        var path = Path.Combine(_folder, name);
        SafetensorsWriter.Write(path, [.. file.Tensors.Where(tensor => rename(tensor.Name) is not null).Select(tensor => KeyValuePair.Create(rename(tensor.Name)!, file.OpenTensor(tensor.Name)))]);
        return path;
    }

    private static Tensor Predict(DiffusionModel model)
    {
        using var random = new Generator(9);
        return model.Predict(randn([1, 4, 8, 8], generator: random), tensor([500f]), new ModelInputs(randn([1, 77, 768], generator: random), Y: null));
    }

    /// <summary>Matrices and kernels rounded to a type.</summary>
    private sealed class Rounded(ScalarType type) : IWeightPatch
    {
        public string Identity => $"rounded({type})";

        public bool Covers(string name) => name.EndsWith(".weight", StringComparison.Ordinal);

        public Tensor Apply(string name, Tensor weight) => weight.dim() > 1 ? weight.to(type).to(ScalarType.Float32) : weight.clone();
    }
}

using Farm.Engine.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Weights;

/// <summary>Files as torch.save lays them out, written by Python's own pickle (Fixtures/ORIGIN.md).</summary>
public sealed class TorchFileTests
{
    public static TheoryData<string> Layouts => ["archive.pt", "legacy.pt"];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_OfBothLayouts_GivesTheMembersOfTheStateDict(string name)
    {
        var file = WeightFile.Open(PathOf(name));

        Assert.Equal(["brain", "half", "step", "tail", "turned", "whole"], file.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        Assert.Equal(3L, file.Values["epoch"]);
        Assert.Equal("1.4", file.Values["pytorch-lightning_version"]);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void OpenTensor_OfSharedStridedAndSmallTypes_GivesTheValues(string name)
    {
        using var scope = NewDisposeScope();
        var file = WeightFile.Open(PathOf(name));

        Assert.Equal([0f, 1, 2, 3, 4, 5], Values(file, "whole"));
        Assert.Equal([0f, 3, 1, 4, 2, 5], Values(file, "turned"));
        Assert.Equal([4f, 5], Values(file, "tail"));
        Assert.Equal([1.5f, -2], Values(file, "half"));
        Assert.Equal([1.5f, -2], Values(file, "brain"));
        Assert.Equal([-7f], Values(file, "step"));
        Assert.Equal([3, 2], file.OpenTensor("turned").shape);
        Assert.Empty(file.OpenTensor("step").shape);
        Assert.Equal(ScalarType.BFloat16, file.OpenTensor("brain").dtype);
    }

    [Fact]
    public void Open_NumberedKeysAndLists_JoinsThemByDots()
    {
        var file = WeightFile.Open(PathOf("values.pt"));

        Assert.Equal(["320.0.linear.0.weight"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal("swish", file.Values["activation_func"]);
        Assert.Equal(false, file.Values["is_layer_norm"]);
        Assert.False(file.Values.ContainsKey("last"));
    }

    [Fact]
    public void Open_PickleThatWouldRunACommand_RunsNothingAndGivesTheTensors()
    {
        using var scope = NewDisposeScope();
        var file = WeightFile.Open(PathOf("calls.pt")); // its pickle calls os.system to make the file below

        Assert.Equal(["w"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(6, file.OpenTensor("w").numel());
        Assert.False(File.Exists("/tmp/torch-file-ran"));
    }

    [Fact]
    public void OpenTensor_BeyondItsStorage_SaysSo()
    {
        var file = WeightFile.Open(PathOf("beyond.pt"));

        var error = Assert.Throws<WeightsFormatException>(() => file.OpenTensor("w"));

        Assert.Contains("beyond its storage", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EveryTruncation_IsAFormatError()
    {
        var bytes = File.ReadAllBytes(PathOf("legacy.pt"));
        var path = Path.Combine(Path.GetTempPath(), $"torch-file-{Guid.NewGuid():N}.pt");
        try
        {
            for (var length = 3; length < bytes.Length - 1; length++)
            {
                File.WriteAllBytes(path, bytes[..length]);
                var error = Record.Exception(() => WeightFile.Open(path));
                Assert.True(error is WeightsFormatException, $"{length} bytes: {error}");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float[] Values(IWeightSource file, string name) => [.. file.OpenTensor(name).to(ScalarType.Float32).flatten().data<float>()];

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Weights", "Fixtures", name);
}

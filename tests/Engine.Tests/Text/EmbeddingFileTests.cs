using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Text;
using Farm.Engine.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Text;

/// <summary>Textual inversion files in the layouts that trainers write.</summary>
public sealed class EmbeddingFileTests : IDisposable
{
    private const long L = 768, H = 1024, G = 1280;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-embeddings-").FullName;

    public static TheoryData<string, string> Layouts => new()
    {
        { "webui.pt", "string_to_param" }, { "webui.bin", "string_to_param" },
        { "params.safetensors", "emb_params" }, { "params.pt", "emb_params" },
        { "diffusers.bin", "<token>" }, { "diffusers.safetensors", "<token>" },
        { "one.safetensors", "clip_l" },
    };

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Read_OfOneEmbedding_GivesItsRows(string file, string layout)
    {
        var rows = Rows(2, L);
        Dictionary<string, object> webUi = new() { ["string_to_token"] = new Dictionary<string, object> { ["*"] = 265 }, [layout] = new Dictionary<string, object> { ["*"] = rows }, ["name"] = "mine", ["step"] = 500 };

        var read = EmbeddingFile.Read(Write(file, layout == "string_to_param" ? webUi : new() { [layout] = rows }), "l", L);

        Assert.True(Fixture.Same(read!, rows));
    }

    [Fact]
    public void Read_OfOneVectorInFp16_GivesARowInFp32()
    {
        var vector = Rows(1, L).to(ScalarType.Float16).reshape(L);

        var read = EmbeddingFile.Read(Write("vector.bin", new() { ["<token>"] = vector }), "l", L);

        Assert.True(Fixture.Same(read!, vector.to(ScalarType.Float32).reshape(1, L)));
    }

    [Theory]
    [InlineData("xl.safetensors")]
    [InlineData("xl.pt")]
    public void Read_OfOneForEachEncoder_GivesTheEncodersOwn(string file)
    {
        var (l, g) = (Rows(3, L), Rows(3, G));
        var path = Write(file, new() { ["clip_g"] = g, ["clip_l"] = l });

        Assert.True(Fixture.Same(EmbeddingFile.Read(path, "l", L)!, l));
        Assert.True(Fixture.Same(EmbeddingFile.Read(path, "g", G)!, g));
    }

    /// <summary>A list of embeddings counts whole, those of another width left out.</summary>
    [Fact]
    public void Read_OfAList_GivesAllRowsOfTheWidth()
    {
        var (first, other, last) = (Rows(1, L), Rows(1, G), Rows(2, L));
        var path = Path.Combine(_folder, "list.pt");
        TorchArchive.Write(path, new List<object> { new Dictionary<string, object> { ["a"] = first }, new Dictionary<string, object> { ["b"] = other, ["c"] = last } });

        Assert.True(Fixture.Same(EmbeddingFile.Read(path, "l", L)!, cat([first, last], 0)));
    }

    [Theory]
    [InlineData("wide.safetensors", "emb_params")]
    [InlineData("wide.pt", "emb_params")]
    [InlineData("wide.bin", "<token>")]
    public void Read_OfAnotherEncodersWidth_GivesNothing(string file, string layout) =>
        Assert.Null(EmbeddingFile.Read(Write(file, new() { [layout] = Rows(2, H) }), "l", L));

    [Fact]
    public void Read_OfNoFileOfTensors_SaysSo()
    {
        var path = Path.Combine(_folder, "text.pt");
        File.WriteAllText(path, "an embedding that was not downloaded");

        Assert.Throws<WeightsFormatException>(() => EmbeddingFile.Read(path, "l", L));
    }

    private static Tensor Rows(long rows, long width) => arange(rows * width, ScalarType.Float32).reshape(rows, width) / 1024 + rows;

    private string Write(string file, Dictionary<string, object> members)
    {
        var path = Path.Combine(_folder, file);
        if (file.EndsWith(".safetensors", StringComparison.Ordinal)) SafetensorsWriter.Write(path, [.. members.Select(member => KeyValuePair.Create(member.Key, (Tensor)member.Value))]);
        else TorchArchive.Write(path, members);
        return path;
    }
}

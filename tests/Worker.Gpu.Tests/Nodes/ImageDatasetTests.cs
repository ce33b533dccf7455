using Farm.Nodes;
using Farm.Storage;
using Farm.Worker.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Folders of training images, over the farm's own storage.</summary>
public sealed class ImageDatasetTests : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("farm-dataset-").FullName;
    private readonly NodeLimitOptions _limits = new();
    private readonly ServiceProvider _storage;
    private readonly TestNodeContext _context;

    public ImageDatasetTests()
    {
        var settings = new Dictionary<string, string?> { ["Farm:Data:Root"] = _root };
        _storage = new ServiceCollection().AddLogging()
            .AddFarmStorage(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
        _context = Context(new RunAttempt(Guid.NewGuid(), 1));
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void SavedImagesAndTexts_OfListsAndBatches_ComeBackInOrder()
    {
        using var scope = NewDisposeScope();
        var images = new[] { Grey(0.2), cat([Grey(0.4, width: 6), Grey(0.6, width: 6)]) };

        var saved = Save(_context, images, ["first", "", "drei\n zwölf"]);
        Upload("dataset", "set/one");
        var (loaded, texts) = LoadTexts("set/one");

        Assert.Equal(["dataset/image_00001.png", "dataset/image_00002.png", "dataset/image_00003.png"], saved);
        Assert.Equal(["first", "", "drei\n zwölf"], texts);
        Assert.Equal([[1L, 2, 4, 3], [1, 2, 6, 3], [1, 2, 6, 3]], loaded.Select(image => image.shape));
        Assert.Equal([51, 102, 153], loaded.Select(image => (int)Math.Round(image[0, 0, 0, 0].item<float>() * 255)));
    }

    [Fact]
    public void FolderWithNumbers_IsAddedTo()
    {
        using var scope = NewDisposeScope();
        Save(_context, [Grey(0), Grey(0)]);
        File.WriteAllText(Path.Combine(_root, "output", "dataset", "image_00007.txt"), "left over");

        Assert.Equal(["dataset/image_00008.png"], Save(Context(new RunAttempt(Guid.NewGuid(), 1)), [Grey(0)], ["x"]));
        Assert.Equal("left over", File.ReadAllText(Path.Combine(_root, "output", "dataset", "image_00007.txt")));
    }

    [Fact]
    public async Task TwoRuns_InOneFolderAtOnce_NeverShareANumber()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(run => Task.Run(() =>
        {
            using var scope = NewDisposeScope();
            return Save(Context(new RunAttempt(Guid.NewGuid(), 1)), [.. Enumerable.Range(0, 8).Select(_ => Grey(run))], [.. Enumerable.Repeat($"run {run}", 8)]);
        })));

        Assert.Equal(16, runs.SelectMany(names => names).Distinct().Count());
        Assert.All(runs.Index(), run => Assert.All(run.Item, name => Assert.Equal($"run {run.Index}", File.ReadAllText(Path.Combine(_root, "output", Path.ChangeExtension(name, ".txt"))))));
    }

    [Fact]
    public async Task AttemptThatWasGivenUp_LeavesNoImagesAndNoCaptions()
    {
        using var scope = NewDisposeScope();
        var attempt = new RunAttempt(Guid.NewGuid(), 1);
        Save(Context(attempt), [Grey(0), Grey(1)], ["a", "b"]);

        await _storage.GetRequiredService<IFarmFiles>().Of(TenantName.Default).Runs.DiscardEarlierAsync(attempt with { Attempt = 2 }, TestContext.Current.CancellationToken);

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "output", "dataset")));
    }

    [Theory]
    [InlineData("../x", "image", "folder_name: '../x' is not the name of a folder inside the output folder")]
    [InlineData("/x", "image", "folder_name: '/x' is not the name of a folder inside the output folder")]
    [InlineData("a/../../x", "image", "folder_name: 'a/../../x' is not the name of a folder inside the output folder")]
    [InlineData("", "image", "folder_name: '' is not the name of a folder inside the output folder")]
    [InlineData("x", "../image", "filename_prefix: '../image' must be a name without slashes")]
    public void SaveImageDataSetToFolder_NameThatLeavesTheFolder_IsRefused(string folder, string prefix, string message)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(("ValueError", message), Failure(() => Save(_context, [Grey(0)], null, folder, prefix)));
    }

    [Theory]
    [InlineData("../output", "folder: '../output' is not the name of a folder inside the input folder")]
    [InlineData("none", "folder: there is no image (.png, .jpg, .jpeg, .webp) in 'none'")]
    [InlineData("texts", "folder: there is no image (.png, .jpg, .jpeg, .webp) in 'texts'")]
    public void LoadImageDataSetFromFolder_FolderWithoutImages_SaysSo(string folder, string message)
    {
        Directory.CreateDirectory(Path.Combine(_root, "input", "texts"));
        File.WriteAllText(Path.Combine(_root, "input", "texts", "a.txt"), "a");

        Assert.Equal(("ValueError", message), Failure(() => new LoadImageDataSetFromFolder().Invoke(new NodeCall(_context, ["folder"], [folder]))));
    }

    [Fact]
    public void SaveImageTextDataSetToFolder_TextMissing_IsRefusedBeforeAnythingIsWritten()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(("ValueError", "texts: 1 for 2 images"), Failure(() => Save(_context, [Grey(0), Grey(0)], ["only"])));
        Assert.False(Directory.Exists(Path.Combine(_root, "output", "dataset")));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, 0xff }, "folder: the caption 's/image_00001.txt' is no UTF-8 text")]
    [InlineData(new byte[] { 65, 65, 65, 65, 65 }, "folder: the caption 's/image_00001.txt' has 5 bytes, a caption may have 4")]
    public void LoadImageTextDataSetFromFolder_CaptionThatIsNone_IsNamed(byte[] content, string message)
    {
        using var scope = NewDisposeScope();
        Save(_context, [Grey(0)]);
        Upload("dataset", "s");
        File.WriteAllBytes(Path.Combine(_root, "input", "s", "image_00001.txt"), content);
        _limits.MaxCaptionBytes = 4;

        Assert.Equal(("ValueError", message), Failure(() => LoadTexts("s")));
    }

    [Fact]
    public async Task Fingerprint_FileAdded_Changes()
    {
        using var scope = NewDisposeScope();
        Save(_context, [Grey(0)]);
        Upload("dataset", "s");
        var before = await FingerprintAsync();
        Assert.Equal(before, await FingerprintAsync());

        File.WriteAllText(Path.Combine(_root, "input", "s", "image_00001.txt"), "new");

        Assert.NotEqual(before, await FingerprintAsync());

        async Task<string> FingerprintAsync() => System.Text.Json.JsonSerializer.Serialize(
            await new LoadImageTextDataSetFromFolder().FingerprintAsync(new NodeCall(_context, ["folder"], ["s"]), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void InputFolders_AtAnyDepth_AreListedByTheirPaths()
    {
        var catalog = _storage.GetRequiredService<IFarmFiles>().Of(TenantName.Default).Catalog;
        Directory.CreateDirectory(Path.Combine(_root, "input", "one", "two"));
        Directory.CreateDirectory(Path.Combine(_root, "input", "alpha"));
        Assert.Equal(["alpha", "one", "one/two"], catalog.InputFolders());

        Directory.CreateDirectory(Path.Combine(_root, "input", "one", "two", "s p"));

        Assert.Equal(["alpha", "one", "one/two", "one/two/s p"], catalog.InputFolders());
    }

    private TestNodeContext Context(RunAttempt attempt) => new()
    {
        Services = TestNodeContext.ServicesWith(_limits),
        Files = new AttemptFiles(attempt, _storage.GetRequiredService<IFarmFiles>().Of(TenantName.Default)),
    };

    private static Tensor Grey(double value, int width = 4) => full([1, 2, width, 3], value);

    private static string[] Save(TestNodeContext context, Tensor[] images, string[]? texts = null, string folder = "dataset", string prefix = "image")
    {
        (string Name, object?[] List)[] inputs = [("images", [.. images]), ("folder_name", [folder]), ("filename_prefix", [prefix])];
        if (texts is not null) inputs = [.. inputs, ("texts", [.. texts])];
        Node node = texts is null ? new SaveImageDataSetToFolder() : new SaveImageTextDataSetToFolder();
        var result = node.Invoke(new NodeCall(context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => (object?)input.List)]))!;
        return [.. result.Ui!.Lists["images"].Cast<IReadOnlyDictionary<string, object?>>().Select(file => $"{file["subfolder"]}/{file["filename"]}")];
    }

    private (Tensor[] Images, string[] Texts) LoadTexts(string folder)
    {
        var result = new LoadImageTextDataSetFromFolder().Invoke(new NodeCall(_context, ["folder"], [folder]))!;
        return ([.. ((IReadOnlyList<object?>)result.Values[0]!).Cast<Tensor>()], [.. ((IReadOnlyList<object?>)result.Values[1]!).Cast<string>()]);
    }

    private void Upload(string result, string folder)
    {
        var target = Path.Combine(_root, "input", folder);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        Directory.Move(Path.Combine(_root, "output", result), target);
    }

    private static (string Type, string Message) Failure(Action action)
    {
        var failure = Assert.Throws<NodeFailedException>(action);
        return (failure.Type, failure.Message);
    }
}

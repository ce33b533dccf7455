using System.Text;
using Farm.Nodes;
using Farm.Storage;
using Farm.Worker.Imaging;
using Farm.Worker.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Nodes that read and write image files, over the farm's own storage.</summary>
public sealed class ImageFileTests : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("farm-image-files-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private readonly ServiceProvider _storage;
    private readonly TestNodeContext _context;

    public ImageFileTests()
    {
        _clock.SetLocalTimeZone(TimeZoneInfo.Utc);
        var settings = new Dictionary<string, string?> { ["Farm:Data:Root"] = _root };
        _storage = new ServiceCollection().AddLogging()
            .AddFarmStorage(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
        _context = Context(new NodeLimitOptions());
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>The text that ComfyUI 0.19.3 gives, with the file's whole path.</summary>
    [Theory]
    [InlineData("no image at all", "PIL.UnidentifiedImageError", "cannot identify image file '{0}'")]
    [InlineData("\u0089PNG\r\n\u001a\n", "PIL.UnidentifiedImageError", "cannot identify image file '{0}'")]
    public void LoadImage_NoImage_NamesTheFileAsPillowDoes(string content, string type, string message)
    {
        var path = Put("x.png", Encoding.Latin1.GetBytes(content));

        var failure = Assert.Throws<NodeFailedException>(() => Load(_context, "x.png"));

        Assert.Equal((type, string.Format(null, message, path)), (failure.Type, failure.Message));
    }

    [Fact]
    public void LoadImage_NoFile_SaysWhich()
    {
        var failure = Assert.Throws<NodeFailedException>(() => Load(_context, "none.png"));

        Assert.Equal(("FileNotFoundError", "[Errno 2] No such file or directory: 'none.png'"), (failure.Type, failure.Message));
    }

    [Fact]
    public void LoadImage_MorePixelsThanTheLimit_IsRefused()
    {
        var saved = Path.Combine(_root, "output", Save(_context, "a")[0]);
        Put("big.png", File.ReadAllBytes(saved));

        var failure = Assert.Throws<NodeFailedException>(() => Load(Context(new NodeLimitOptions { MaxImagePixels = 15 }), "big.png"));

        Assert.Equal("PIL.Image.DecompressionBombError", failure.Type);
        Assert.Equal([1, 2, 8, 3], ((Tensor)Load(Context(new NodeLimitOptions { MaxImagePixels = 16 }), "big.png").Values[0]!).shape);
    }

    [Fact]
    public void LoadImageOutput_NameOfAnEarlierResult_IsReadFromTheOutputFolder()
    {
        var name = Save(_context, "a")[0];

        var result = new LoadImageOutput().Invoke(new NodeCall(_context, ["image"], [$"{name} [output]"]))!;

        Assert.Equal([1, 2, 8, 3], ((Tensor)result.Values[0]!).shape);
    }

    [Fact]
    public void WebcamCapture_UploadedPicture_IsReadWithoutItsTransparency()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures/Nodes/input/rgba.png"), Put("webcam/1.png", []), overwrite: true);

        var result = new WebcamCapture().Invoke(new NodeCall(_context, ["image", "width", "height", "capture_on_queue"], ["webcam/1.png", 0L, 0L, true]))!;

        var image = Assert.IsType<Tensor>(Assert.Single(result.Values), exactMatch: false);
        Assert.Equal([1, 48, 64, 3], image.shape);
        Assert.True(image.equal((Tensor)Load(_context, "webcam/1.png").Values[0]!).all().item<bool>());
    }

    [Fact]
    public void SaveImageWebsocket_Images_AreSentAsResultsOneAStepAndNothingIsWritten()
    {
        var images = stack([zeros(2, 8, 3), ones(2, 8, 3), full([2, 8, 3], 0.5f)]);

        var result = new SaveImageWebsocket().Invoke(new NodeCall(_context, ["images"], [images]))!;

        Assert.Empty(result.Values);
        Assert.Equal([0, 1, 2], _context.Progress.Select(step => step.Value));
        Assert.All(_context.Progress, step => Assert.Equal((3, "image/png", true), (step.Total, step.Preview!.MimeType, step.Preview.IsResult)));
        Assert.Equal([0, 255, 127], _context.Progress.Select(step => (int)ImageDecoder.Decode(step.Preview!.Data, "sent").Frames[0].Data[0]));
        Assert.False(Directory.Exists(Path.Combine(_root, "output")));
    }

    [Theory]
    [InlineData("p_%width%x%height%", "p_8x2_00001_.png")]
    [InlineData("%year%-%month%-%day%_%hour%%minute%%second%", "2026-03-04_050607_00001_.png")]
    [InlineData("a/b/../%width%", "a/8_00001_.png")]
    [InlineData("%nothing%", "%nothing%_00001_.png")]
    public void SaveImage_TokensOfThePrefix_AreFilledIn(string prefix, string expected) => Assert.Equal([expected], Save(_context, prefix));

    /// <summary>As recorded from ComfyUI 0.19.3: numbers go on from image to image.</summary>
    [Fact]
    public void SaveImage_BatchNumber_CountsOnOverTheBatchAndOverRuns()
    {
        Assert.Equal(["u_b0_00001_.png", "u_b1_00002_.png", "u_b2_00003_.png"], Save(_context, "u_b%batch_num%", count: 3));
        Assert.Equal(["u_b0_00002_.png", "u_b1_00003_.png", "u_b2_00004_.png"], Save(_context, "u_b%batch_num%", count: 3));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("a/../../x")]
    public void SaveImage_PrefixThatLeavesTheFolder_IsRefused(string prefix)
    {
        var failure = Assert.Throws<NodeFailedException>(() => Save(_context, prefix));

        Assert.StartsWith("**** ERROR: Saving image outside the output folder is not allowed.", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_root, "output")) && Directory.EnumerateFileSystemEntries(Path.Combine(_root, "output")).Any());
    }

    [Fact]
    public void SaveImage_PromptAndWorkflow_AreTextChunksOfTheFile()
    {
        var prompt = new Dictionary<string, object?> { ["1"] = new Dictionary<string, object?> { ["t"] = "é", ["n"] = 1L, ["f"] = 0.5 } };
        var extra = new Dictionary<string, object?> { ["workflow"] = new Dictionary<string, object?> { ["a"] = null } };

        var name = Save(_context, "a", hidden: [("prompt", prompt), ("extra_pnginfo", extra)])[0];

        var texts = ChunkAssert.Read(File.ReadAllBytes(Path.Combine(_root, "output", name))).Where(chunk => chunk.Type == "tEXt");
        Assert.Equal(
            ["prompt\0{\"1\": {\"t\": \"\\u00e9\", \"n\": 1, \"f\": 0.5}}", "workflow\0{\"a\": null}"],
            texts.Select(chunk => Encoding.Latin1.GetString(chunk.Content)));
    }

    [Theory]
    [InlineData(16384, 16384, 4096)]
    [InlineData(8, 2, 2)]
    public void EmptyImage_MoreThanTheLimit_FailsBeforeItIsMade(long width, long height, long batch)
    {
        var context = Context(new NodeLimitOptions { MaxTensorBytes = 8 * 2 * 3 * sizeof(float) });

        Assert.Throws<DeviceMemoryException>(() => Empty(width, height, batch));
        Assert.Equal([1, 2, 8, 3], ((Tensor)Empty(8, 2, 1).Values[0]!).shape);

        NodeResult Empty(long w, long h, long b) =>
            new EmptyImage().Invoke(new NodeCall(context, ["width", "height", "batch_size", "color"], [w, h, b, 0L]))!;
    }

    private TestNodeContext Context(NodeLimitOptions limits) => new()
    {
        Services = new ServiceCollection().AddSingleton<TimeProvider>(_clock).AddSingleton(limits).BuildServiceProvider(),
        Files = new AttemptFiles(
            new RunAttempt(Guid.NewGuid(), 1), _storage.GetRequiredService<IFarmFiles>().Of(TenantName.Default)),
    };

    private string Put(string name, byte[] content)
    {
        var path = Path.Combine(_root, "input", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static NodeResult Load(TestNodeContext context, string name) => new LoadImage().Invoke(new NodeCall(context, ["image"], [name]))!;

    private static string[] Save(TestNodeContext context, string prefix, int count = 1, params (string Name, object? Value)[] hidden)
    {
        (string Name, object? Value)[] inputs = [("images", zeros(count, 2, 8, 3)), ("filename_prefix", prefix), .. hidden];
        var result = new SaveImage().Invoke(new NodeCall(context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!;
        return [.. result.Ui!.Lists["images"].Cast<IReadOnlyDictionary<string, object?>>().Select(file =>
            $"{file["subfolder"]}/{file["filename"]}".TrimStart('/'))];
    }
}

using System.Text;
using Farm.Nodes;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

public class VideoFileTests
{
    private const long Frames = 10, Height = 32, Width = 48, SampleRate = 8000;

    [Fact]
    public void SaveVideo_ThenLoadVideo_GivesFramesSoundAndRate()
    {
        var saving = new TestNodeContext();
        var saved = Run("SaveVideo", saving, ("video", Ramp()), ("filename_prefix", "video/v"), ("format", "auto"), ("codec", "auto"),
            ("prompt", new Dictionary<string, object?> { ["1"] = "x=y;#" }), ("extra_pnginfo", null));
        var (file, bytes) = saving.Written.All.Single();
        var context = new TestNodeContext();
        context.Written.Uploaded["v.mp4"] = bytes;

        var video = Assert.IsType<Video>(Run("LoadVideo", context, ("file", "v.mp4")).Values[0]);

        Assert.Equal("video/v_00001_.mp4", $"{file.Subfolder}/{file.FileName}");
        Assert.Equal(true, saved.Ui!.Lists["animated"].Single());
        Assert.Contains("{\"1\": \"x=y;#\"}", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal("30000/1001", video.Rate.ToString());
        Assert.Equal([Frames, Height, Width, 3], video.Images.shape);
        Assert.InRange((video.Images - Ramp().Images).abs().mean().item<float>(), 0, 0.02f); // what 4:2:0 and H.264 lose of flat frames
        Assert.Equal((SampleRate, 1L), (video.Sound!.SampleRate, video.Sound.Channels));
    }

    [Theory]
    [InlineData("vp9")]
    [InlineData("av1")]
    public void SaveWebm_ThenLoadVideo_GivesFramesWithoutSound(string codec)
    {
        var images = Ramp(height: 64, width: 64).Images;
        var saving = new TestNodeContext();
        Run("SaveWEBM", saving, ("images", images), ("filename_prefix", "w"), ("codec", codec), ("fps", 24.0), ("crf", 20.0));
        var context = new TestNodeContext();
        context.Written.Uploaded["w.webm"] = saving.Written.All.Single().Bytes;

        var video = Assert.IsType<Video>(Run("LoadVideo", context, ("file", "w.webm")).Values[0]);

        Assert.Equal(images.shape, video.Images.shape);
        Assert.InRange((video.Images - images).abs().mean().item<float>(), 0, 0.02f);
        Assert.Equal("24", video.Rate.ToString());
        Assert.Null(video.Sound);
    }

    [Fact]
    public void LoadVideo_LargerThanTheLimit_IsRefusedBeforeItsFramesAreUnpacked()
    {
        var saving = new TestNodeContext();
        Run("SaveVideo", saving, ("video", Ramp()), ("filename_prefix", "v"));
        var limits = new NodeLimitOptions { MaxTensorBytes = sizeof(float) * 3 * Width * Height * (Frames - 1) };
        var context = new TestNodeContext { Services = TestNodeContext.ServicesWith(limits) };
        context.Written.Uploaded["v.mp4"] = saving.Written.All.Single().Bytes;

        Assert.Throws<DeviceMemoryException>(() => Run("LoadVideo", context, ("file", "v.mp4")));
    }

    [Fact]
    public void SaveVideo_OddSides_NamesThem()
    {
        var error = Assert.Throws<NodeFailedException>(() => Run("SaveVideo", new(), ("video", Ramp(width: 33)), ("filename_prefix", "v")));

        Assert.Contains("33x32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadVideo_NoVideo_SaysSo()
    {
        var context = new TestNodeContext();
        context.Written.Uploaded["v.mp4"] = "no video"u8.ToArray();

        Assert.Throws<NodeFailedException>(() => Run("LoadVideo", context, ("file", "v.mp4")));
    }

    [Theory]
    [InlineData(0.0, 0.0, 0, 10)]
    [InlineData(0.2, 0.3, 2, 3)]
    [InlineData(-0.4, 0.0, 6, 4)]
    [InlineData(-9.0, 0.1, 0, 1)]
    [InlineData(0.8, 5.0, 8, 2)]
    public void VideoSlice_Times_GivesThoseFramesAndTheirSound(double start, double duration, long first, long count)
    {
        var video = Ramp() with { Rate = FrameRate.Of(10) };

        var slice = Assert.IsType<Video>(Run("Video Slice", new(), ("video", video), ("start_time", start), ("duration", duration), ("strict_duration", false)).Values[0]);

        Assert.True(video.Images.narrow(0, first, count).equal(slice.Images).all().item<bool>());
        Assert.True(video.Sound!.Waveform.narrow(2, first * SampleRate / 10, count * SampleRate / 10).equal(slice.Sound!.Waveform).all().item<bool>());
    }

    [Theory]
    [InlineData(0.8, 5.0, true)]
    [InlineData(1.0, 0.0, false)]
    public void VideoSlice_OutsideTheVideo_IsAValueError(double start, double duration, bool strict)
    {
        var video = Ramp() with { Rate = FrameRate.Of(10) };

        var error = Assert.Throws<NodeFailedException>(() =>
            Run("Video Slice", new(), ("video", video), ("start_time", start), ("duration", duration), ("strict_duration", strict)));

        Assert.Equal("ValueError", error.Type);
    }

    [Fact]
    public void LtxvPreprocess_MoreCompression_IsFartherFromTheImage()
    {
        var noise = rand([2, 33, 48, 3], generator: new Generator(1));

        float[] distances = [.. new[] { 0L, 10L, 40L }.Select(compression =>
        {
            var image = Assert.IsType<Tensor>(Run("LTXVPreprocess", new(), ("image", noise), ("img_compression", compression)).Values[0]);
            Assert.Equal([2, compression == 0 ? 33 : 32, 48, 3], image.shape);
            return (image - noise.narrow(1, 0, image.shape[1])).abs().mean().item<float>();
        })];

        Assert.Equal(0, distances[0]);
        Assert.True(0 < distances[1] && distances[1] < distances[2], string.Join(", ", distances));
    }

    // Flat frames, each lighter than the one before, and a second of a sound that rises.
    private static Video Ramp(long height = Height, long width = Width) => new(
        linspace(0, 1, Frames).view(Frames, 1, 1, 1).expand(Frames, height, width, 3).contiguous(),
        new Audio(linspace(-1, 1, SampleRate).view(1, 1, SampleRate), SampleRate),
        FrameRate.Reduced(30000, 1001));

    private static NodeResult Run(string classType, TestNodeContext context, params (string Name, object? Value)[] inputs) =>
        ((Node)RecordedCasesTests.Nodes[classType].Create()).Invoke(
            new NodeCall(context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!;
}

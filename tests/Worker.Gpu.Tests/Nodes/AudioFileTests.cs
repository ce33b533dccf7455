using System.Text;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes;

public class AudioFileTests
{
    [Theory]
    [InlineData("SaveAudio", null, "fLaC")]
    [InlineData("PreviewAudio", null, "fLaC")]
    [InlineData("SaveAudioMP3", "128k", "ID3")]
    [InlineData("SaveAudioOpus", "96k", "OggS")]
    public void Save_Batch_IsOneFileASoundWithTheWorkflowInside(string classType, string? quality, string start)
    {
        var context = new TestNodeContext();

        var result = Run(classType, context, ("audio", Sound("audBatch")), ("filename_prefix", "a"), ("quality", quality ?? "V0"),
            ("prompt", new Dictionary<string, object?> { ["1"] = "x=y;#\\\n" }), ("extra_pnginfo", null));

        Assert.Equal(2, context.Written.All.Count);
        Assert.Equal(2, result.Ui!.Lists["audio"].Count);
        Assert.All(context.Written.All, file => Assert.StartsWith(start, Encoding.ASCII.GetString(file.Bytes, 0, 4), StringComparison.Ordinal));
        Assert.All(context.Written.All, file => Assert.Contains("{\"1\": \"x=y;#\\\\\\n\"}", Encoding.UTF8.GetString(file.Bytes), StringComparison.Ordinal));
    }

    [Fact]
    public void Wave_WrittenAndRead_IsEqual()
    {
        var sound = Sound("audStereo");
        using var file = new MemoryStream();
        WaveFiles.Write(file, sound.Waveform[0], sound.SampleRate);

        var read = WaveFiles.Read(file.ToArray());

        Assert.Equal(sound.SampleRate, read.SampleRate);
        Assert.True(sound.Waveform.equal(read.Waveform).all().item<bool>());
    }

    [Theory]
    [InlineData("LoadAudio")]
    [InlineData("RecordAudio")]
    public void Load_LosslessFile_GivesWhatWasSaved(string classType)
    {
        var sound = Sound("audStereo");
        var saving = new TestNodeContext();
        Run("SaveAudio", saving, ("audio", sound with { Waveform = sound.Waveform.clamp(-1, 1) }), ("filename_prefix", "a"));
        var context = new TestNodeContext();
        context.Written.Uploaded["a.flac"] = saving.Written.All.Single().Bytes;

        var loaded = Assert.IsType<Audio>(Run(classType, context, ("audio", "a.flac")).Values[0]);

        Assert.Equal(sound.SampleRate, loaded.SampleRate);
        Assert.Equal(sound.Waveform.shape, loaded.Waveform.shape);
        Assert.InRange((sound.Waveform.clamp(-1, 1) - loaded.Waveform).abs().max().item<float>(), 0, 1f / 32767); // 16 bits
    }

    [Fact]
    public void Save_WithoutFfmpeg_SaysWhatIsMissing()
    {
        var services = new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddSingleton(new NodeLimitOptions())
            .AddSingleton(Options.Create(new FfmpegOptions { Program = "/nowhere/ffmpeg" })).BuildServiceProvider();

        var error = Assert.Throws<NodeFailedException>(() =>
            Run("SaveAudio", new TestNodeContext { Services = services }, ("audio", Sound("audMono")), ("filename_prefix", "a")));

        Assert.Contains("needs the ffmpeg program", error.Message, StringComparison.Ordinal);
    }

    private static NodeResult Run(string classType, TestNodeContext context, params (string Name, object? Value)[] inputs) =>
        ((Node)RecordedCasesTests.Nodes[classType].Create()).Invoke(
            new NodeCall(context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!;

    private static Audio Sound(string name) => new(Recorded.Inputs[name], 8000);
}

using System.Globalization;
using System.Text;
using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Reads and writes the video files of nodes, through ffmpeg.</summary>
internal static class VideoFiles
{
    private const int Channels = 3;

    /// <summary>Decodes the first picture and sound streams of an input file: every frame, upright.</summary>
    /// <exception cref="NodeFailedException">It is no video.</exception>
    public static Video Load(NodeCall call, string name)
    {
        using var stream = call.Context.Files.OpenRead(name);
        using var file = TemporaryFile.Of(stream);
        var facts = VideoFacts.Parse(Encoding.ASCII.GetString(Ffmpeg.For(call).Run(_ => { }, ["-i", file.Path, .. VideoFacts.Query])));
        return new Video(Frames(call, file.Path, facts), facts.HasSound ? AudioFiles.Decode(call, file.Path) : null, facts.Rate);
    }

    /// <summary>Writes frames and sound as one numbered file that carries the prompt and the workflow, and shows it.</summary>
    /// <param name="call">The node's call, with its <c>filename_prefix</c>.</param>
    /// <param name="images">fp32 [N, H, W, C].</param>
    /// <param name="sound">Its first sound is taken; may be null.</param>
    /// <param name="rate">Frames a second.</param>
    /// <param name="suffix">The file type with its dot.</param>
    /// <param name="codec">ffmpeg's options for codecs and container.</param>
    public static NodeResult Save(NodeCall call, Tensor images, Audio? sound, double rate, string suffix, params string[] codec)
    {
        if (images.shape[0] == 0) throw NodeFailedException.IndexError("images: there are none");
        var name = OutputName.Parse(call.Get("filename_prefix", "ComfyUI"), images.shape[2], images.shape[1], call.Service<TimeProvider>());
        using var metadata = new TemporaryFile();
        using var wave = new TemporaryFile();
        using var output = new TemporaryFile();
        FfmpegMetadata.Write(metadata.Path, ImageFiles.Metadata(call));
        if (sound is not null) WriteSound(wave.Path, sound);
        Ffmpeg.For(call).Run(
            pipe => Feed(pipe, images),
            [
                .. Raw(images, rate), "-i", "pipe:0", "-f", "ffmetadata", "-i", metadata.Path,
                .. sound is null ? (string[])["-map", "0:v"] : ["-f", "wav", "-i", wave.Path, "-map", "0:v", "-map", "2:a"],
                "-map_metadata", "1", .. codec, output.Path,
            ]);
        var saved = call.Context.Files.WriteNext(NodeFolder.Output, name.Subfolder, name.Prefix, suffix, file =>
        {
            using var written = File.OpenRead(output.Path);
            written.CopyTo(file);
        });
        return NodeResult.WithUi(new UiOutput().AddImages(saved).Add("animated", true));
    }

    private static Tensor Frames(NodeCall call, string path, VideoFacts facts)
    {
        var frameSize = checked(facts.Width * facts.Height * Channels);
        // No more is unpacked than shows that the tensor would be too large.
        var most = call.Service<NodeLimitOptions>().MaxTensorBytes / sizeof(float) + frameSize;
        using var raw = new TemporaryFile();
        Ffmpeg.For(call).Run(
            _ => { },
            "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-fs", most.ToString(CultureInfo.InvariantCulture), "-f", "rawvideo", raw.Path);
        using var file = File.OpenRead(raw.Path);
        var frames = empty(TensorMemory.Require(file.Length / frameSize, facts.Height, facts.Width, Channels), ScalarType.Float32);
        var buffer = new byte[frameSize];
        for (var i = 0; i < frames.shape[0]; i++)
        {
            file.ReadExactly(buffer);
            using var scope = NewDisposeScope();
            frames[i].copy_(frombuffer(buffer, ScalarType.Byte).view(facts.Height, facts.Width, Channels)).div_(255);
        }
        return frames;
    }

    private static string[] Raw(Tensor images, double rate) =>
    [
        "-f", "rawvideo", "-pix_fmt", images.shape[3] switch { 1 => "gray", 4 => "rgba", _ => "rgb24" },
        "-s", $"{images.shape[2]}x{images.shape[1]}", "-r", rate.ToString("R", CultureInfo.InvariantCulture),
    ];

    private static void Feed(Stream pipe, Tensor images)
    {
        for (var i = 0; i < images.shape[0]; i++)
        {
            using var frame = images[i];
            using var bytes = TensorImages.ToBytes(frame);
            pipe.Write(bytes.bytes);
        }
    }

    private static void WriteSound(string path, Audio sound)
    {
        using var waveform = sound.Waveform[0];
        using var file = File.Create(path);
        WaveFiles.Write(file, waveform, sound.SampleRate);
    }
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Reads and writes the audio files of nodes, through ffmpeg.</summary>
internal static class AudioFiles
{
    /// <summary>Decodes the first sound of an input file.</summary>
    public static Audio Load(NodeCall call, string name)
    {
        using var stream = call.Context.Files.OpenRead(name);
        // A file, because some containers have their index at the end.
        using var file = TemporaryFile.Of(stream);
        return Decode(call, file.Path);
    }

    /// <summary>Decodes the first sound of a local file.</summary>
    public static Audio Decode(NodeCall call, string path) =>
        WaveFiles.Read(Ffmpeg.For(call).Run(_ => { }, "-i", path, "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "-"));

    /// <summary>Writes each sound of a batch as a numbered file that carries the prompt and the workflow.</summary>
    /// <param name="call">The node's call.</param>
    /// <param name="folder">Output or temp.</param>
    /// <param name="prefix">The <c>filename_prefix</c>.</param>
    /// <param name="suffix">The file type with its dot.</param>
    /// <param name="codec">ffmpeg's options for codec and container.</param>
    public static NodeResult Save(NodeCall call, NodeFolder folder, string prefix, string suffix, params string[] codec)
    {
        var audio = Audio.Of(call, "audio");
        var name = OutputName.Parse(prefix, 0, 0, call.Service<TimeProvider>());
        var texts = ImageFiles.Metadata(call);
        List<SavedFile> saved = [];
        for (var i = 0; i < audio.Waveform.shape[0]; i++)
        {
            using var waveform = audio.Waveform[i];
            var bytes = Encode(call, sound => WaveFiles.Write(sound, waveform, audio.SampleRate), texts, codec);
            saved.Add(call.Context.Files.WriteNext(folder, name.Subfolder, name.ForImage(i), suffix, file => file.Write(bytes)));
        }
        return NodeResult.WithUi(new UiOutput().Add("audio", saved.Select(file => file.ToUi())));
    }

    private static byte[] Encode(NodeCall call, Action<Stream> sound, IEnumerable<KeyValuePair<string, string>> texts, string[] codec)
    {
        using var metadata = new TemporaryFile();
        FfmpegMetadata.Write(metadata.Path, texts);
        return Ffmpeg.For(call).Run(sound, ["-f", "wav", "-i", "pipe:0", "-f", "ffmetadata", "-i", metadata.Path, "-map", "0:a", "-map_metadata", "1", .. codec, "pipe:1"]);
    }
}

using System.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Reads and writes the audio files of nodes, through ffmpeg.</summary>
internal static class AudioFiles
{
    /// <summary>Decodes the first sound of an input file.</summary>
    public static Audio Load(NodeCall call, string name)
    {
        using var stream = call.Context.Files.OpenRead(name);
        var path = Path.Combine(Path.GetTempPath(), $"farm-{Guid.NewGuid():N}");
        try
        {
            // A file, because some containers have their index at the end.
            using (var copy = File.Create(path)) stream.CopyTo(copy);
            return WaveFiles.Read(Ffmpeg.For(call).Run(_ => { }, "-i", path, "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "-"));
        }
        finally
        {
            File.Delete(path);
        }
    }

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
        var metadata = Path.Combine(Path.GetTempPath(), $"farm-{Guid.NewGuid():N}");
        try
        {
            // A file, because a workflow may be longer than an argument may be.
            File.WriteAllText(metadata, ";FFMETADATA1\n" + string.Concat(texts.Select(text => $"{Escape(text.Key)}={Escape(text.Value)}\n")));
            return Ffmpeg.For(call).Run(sound, ["-f", "wav", "-i", "pipe:0", "-f", "ffmetadata", "-i", metadata, "-map", "0:a", "-map_metadata", "1", .. codec, "pipe:1"]);
        }
        finally
        {
            File.Delete(metadata);
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text) escaped.Append(letter is '=' or ';' or '#' or '\\' or '\n' ? "\\" : "").Append(letter);
        return escaped.ToString();
    }
}

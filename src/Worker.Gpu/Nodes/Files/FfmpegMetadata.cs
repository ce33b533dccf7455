using System.Text;

namespace Farm.Worker.Nodes;

/// <summary>Texts for a container, as ffmpeg's metadata files (ffmpeg-formats, "Metadata"): a workflow may be longer than an argument may be.</summary>
internal static class FfmpegMetadata
{
    /// <summary>Writes such a file.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, string>> texts) =>
        File.WriteAllText(path, ";FFMETADATA1\n" + string.Concat(texts.Select(text => $"{Escape(text.Key)}={Escape(text.Value)}\n")));

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text) escaped.Append(letter is '=' or ';' or '#' or '\\' or '\n' ? "\\" : "").Append(letter);
        return escaped.ToString();
    }
}

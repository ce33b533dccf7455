using System.Security.Cryptography;
using Farm.Nodes;
using Farm.Worker.Imaging.Png;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Reads and writes the image files of nodes.</summary>
internal static class ImageFiles
{
    /// <summary>zlib's level for results.</summary>
    public const int OutputLevel = 4;

    /// <summary>zlib's level for previews.</summary>
    public const int PreviewLevel = 1;

    private const string Letters = "abcdefghijklmnopqrstupvxyz";

    /// <summary>Decodes an input file.</summary>
    /// <exception cref="NodeFailedException">There is no such file, or it is no image; named as Pillow names it.</exception>
    public static DecodedImage Load(NodeCall call, string name)
    {
        using var stream = call.Context.Files.OpenRead(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            return ImageDecoder.Decode(bytes, (stream as FileStream)?.Name ?? name, call.Service<NodeLimitOptions>().MaxImagePixels);
        }
        catch (ImageException error)
        {
            throw new NodeFailedException(error.Kind, error.Message, error);
        }
    }

    /// <summary>Writes a batch as numbered PNGs.</summary>
    /// <param name="call">The node's call; its hidden prompt and extra_pnginfo go into the files.</param>
    /// <param name="images">fp32 [B, H, W, C].</param>
    /// <param name="folder">Output or temp.</param>
    /// <param name="prefix">The <c>filename_prefix</c>.</param>
    /// <param name="level">zlib's level.</param>
    public static IReadOnlyList<SavedFile> SavePngs(NodeCall call, Tensor images, NodeFolder folder, string prefix, int level)
    {
        var name = OutputName.Parse(prefix, images.shape[2], images.shape[1], call.Service<TimeProvider>());
        var texts = Metadata(call);
        var saved = new SavedFile[images.shape[0]];
        for (var i = 0; i < saved.Length; i++)
        {
            var pixels = TensorImages.ToPixels(images[i]);
            saved[i] = call.Context.Files.WriteNext(folder, name.Subfolder, name.ForImage(i), ".png", file => PngWriter.WriteStill(file, pixels, level, texts), lowest: i + 1);
        }
        return saved;
    }

    /// <summary>Shows a batch: PNGs in the temp folder under a name of their own.</summary>
    public static IReadOnlyList<SavedFile> SavePreviews(NodeCall call, Tensor images, string prefix = "ComfyUI") =>
        SavePngs(call, images, NodeFolder.Temp, prefix + PreviewSuffix(), PreviewLevel);

    /// <summary>What keeps the previews of one node apart from others': <c>_temp_</c> and five letters.</summary>
    public static string PreviewSuffix() => "_temp_" + RandomNumberGenerator.GetString(Letters, 5);

    /// <summary>The texts that files carry: the prompt, then every member of extra_pnginfo, as JSON; nothing where the node is not given them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Metadata(NodeCall call)
    {
        List<KeyValuePair<string, string>> texts = [];
        if (call.Value("prompt") is { } prompt) texts.Add(new("prompt", PythonValue.Dumps(prompt)));
        if (call.Value("extra_pnginfo") is IReadOnlyDictionary<string, object?> extra)
            texts.AddRange(extra.Select(member => KeyValuePair.Create(member.Key, PythonValue.Dumps(member.Value))));
        return texts;
    }
}

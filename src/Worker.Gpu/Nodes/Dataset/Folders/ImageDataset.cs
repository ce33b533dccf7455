using System.Globalization;
using System.Text;
using Farm.Nodes;
using Farm.Worker.Imaging;
using Farm.Worker.Imaging.Png;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// Folders of training images: <c>image_00001.png</c>, <c>image_00002.png</c>, …, each with its caption in a .txt of the same name where it
/// has one. Saving adds to what a folder holds; the images carry no workflow, as they are what a trainer reads.
/// </summary>
internal static class ImageDataset
{
    private const string CaptionEnding = ".txt";
    private const char ByteOrderMark = '\uFEFF';

    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".webp"];
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a folder of the input folder: every image [1, H, W, 3] by name, an animation's first frame, and its caption or an empty text.</summary>
    /// <exception cref="NodeFailedException">There is no such folder, or no image in it, or a file is none of its kind.</exception>
    public static (object?[] Images, object?[] Captions) Load(NodeCall call, bool withCaptions)
    {
        var folder = call.Get<string>("folder");
        var files = DatasetFolder.Files(call, "folder", folder, NodeFolder.Input).ToDictionary(file => file.Name, StringComparer.Ordinal);
        var names = files.Keys.Where(IsImage).Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0)
            throw NodeFailedException.ValueError($"folder: there is no image ({string.Join(", ", Endings)}) in '{folder}'");
        var progress = call.Context.StartProgress(names.Count);
        var (images, captions, pixels) = (new List<object?>(), new List<object?>(), 0L);
        foreach (var name in names)
        {
            var image = ImageFiles.Load(call, $"{folder}/{name}").Frames[0];
            TensorMemory.Require(pixels += (long)image.Height * image.Width, 3);
            using (var rgba = TensorImages.FromPixels(image))
                images.Add(rgba.narrow(-1, 0, 3).contiguous());
            captions.Add(withCaptions && files.TryGetValue(Stem(name) + CaptionEnding, out var caption) ? Caption(call, folder, caption) : "");
            progress.Advance();
        }
        return ([.. images], [.. captions]);
    }

    /// <summary>Writes images to a folder of the output folder, numbered on from what it holds.</summary>
    /// <param name="call">Lists of images, folder_name and filename_prefix.</param>
    /// <param name="captions">One an image; null for none.</param>
    /// <exception cref="NodeFailedException">The names lead elsewhere, or captions are missing.</exception>
    public static NodeResult Save(NodeCall call, IReadOnlyList<string>? captions)
    {
        var (folder, prefix) = (call.List<string>("folder_name")[0], call.List<string>("filename_prefix")[0]);
        if (prefix.AsSpan().IndexOfAny('/', '\\') >= 0 || prefix.Any(char.IsControl))
            throw NodeFailedException.ValueError($"filename_prefix: '{prefix}' must be a name without slashes");
        var batches = call.List<Tensor>("images");
        var count = batches.Sum(batch => batch.shape[0]);
        if (captions is not null && captions.Count != count)
            throw NodeFailedException.ValueError($"texts: {captions.Count} for {count} images");
        var number = DatasetFolder.Files(call, "folder_name", folder, NodeFolder.Output).Select(file => Number(file.Name, prefix)).DefaultIfEmpty().Max();
        var progress = call.Context.StartProgress(count);
        List<SavedFile> saved = [];
        foreach (var image in batches.SelectMany(batch => Enumerable.Range(0, (int)batch.shape[0]).Select(i => batch[i])))
        {
            saved.Add(WriteImage(call, folder, prefix, TensorImages.ToPixels(image), ref number));
            if (captions is not null) WriteCaption(call, folder, Stem(saved[^1].FileName) + CaptionEnding, captions[saved.Count - 1]);
            progress.Advance();
        }
        return NodeResult.WithUi(new UiOutput().AddImages(saved));
    }

    /// <summary>Takes the next number that no other writer took meanwhile.</summary>
    private static SavedFile WriteImage(NodeCall call, string folder, string prefix, PixelBuffer image, ref long number)
    {
        using var content = new MemoryStream();
        PngWriter.WriteStill(content, image, ImageFiles.OutputLevel, []);
        while (true)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}_{++number:D5}.png");
            if (call.Context.Files.WriteNew(NodeFolder.Output, folder, name, content.ToArray()) is { } saved) return saved;
        }
    }

    private static void WriteCaption(NodeCall call, string folder, string name, string caption)
    {
        if (call.Context.Files.WriteNew(NodeFolder.Output, folder, name, Encoding.UTF8.GetBytes(caption)) is null)
            throw new NodeFailedException("FileExistsError", $"texts: '{folder}/{name}' came into being beside its image");
    }

    private static string Caption(NodeCall call, string folder, FolderFile file)
    {
        var most = call.Service<NodeLimitOptions>().MaxCaptionBytes;
        if (file.Size > most)
            throw NodeFailedException.ValueError($"folder: the caption '{folder}/{file.Name}' has {file.Size} bytes, a caption may have {most}");
        using var reader = new StreamReader(call.Context.Files.OpenRead($"{folder}/{file.Name}"), StrictUtf8, detectEncodingFromByteOrderMarks: false);
        try
        {
            return reader.ReadToEnd().TrimStart(ByteOrderMark).Trim();
        }
        catch (DecoderFallbackException error)
        {
            throw NodeFailedException.ValueError($"folder: the caption '{folder}/{file.Name}' is no UTF-8 text", error);
        }
    }

    private static bool IsImage(string name) => Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string Stem(string name) => name[..name.LastIndexOf('.')];

    /// <summary>The number in <c>prefix_00012.any</c>; 0 for other names.</summary>
    private static long Number(string name, string prefix) =>
        name.StartsWith(prefix + '_', StringComparison.Ordinal) && name.IndexOf('.', prefix.Length) is var end && end > prefix.Length + 1
        && long.TryParse(name.AsSpan()[(prefix.Length + 1)..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue / 2 ? number : 0;
}

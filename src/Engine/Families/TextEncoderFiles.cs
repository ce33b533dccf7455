using Farm.Engine.Models.Clip;
using Farm.Engine.Text;
using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>Text encoders in files of their own: CLIP-L, OpenCLIP H and bigG, told apart by their width.</summary>
internal static class TextEncoderFiles
{
    private const long WidthL = 768;
    private const long WidthH = 1024;
    private const long WidthG = 1280;

    /// <summary>The text side of one file: SD1.x's, SD2.x's or the SDXL refiner's.</summary>
    public static ITextEncoder Single(StateDict file, PartBuilder parts) => WidthOf(file) switch
    {
        WidthL => L(file, parts),
        WidthH => H(file, parts),
        _ => G(file, parts),
    };

    /// <summary>SDXL's text side of two files, in either order.</summary>
    public static ITextEncoder Double(StateDict first, PartBuilder firstParts, StateDict second, PartBuilder secondParts)
    {
        var (l, g) = (WidthOf(first), WidthOf(second)) switch
        {
            (WidthL, WidthG) => (L(first, firstParts), G(second, secondParts)),
            (WidthG, WidthL) => (L(second, secondParts), G(first, firstParts)),
            var (a, b) => throw new WeightsFormatException($"SDXL's text side is CLIP-L ({WidthL} wide) and OpenCLIP bigG ({WidthG} wide); these are {a} and {b} wide"),
        };
        return new DualClipTextEncoder(l with { HiddenFromEnd = 2, NormHidden = false }, g);
    }

    private static long WidthOf(StateDict file)
    {
        var name = file.Names.FirstOrDefault(name => name.EndsWith("token_embedding.weight", StringComparison.Ordinal));
        return name is not null && file.TryFind(name, out var info) && info.Shape is [_, WidthL or WidthH or WidthG]
            ? info.Shape[1]
            : throw new WeightsFormatException($"there is no text encoder that is known (CLIP-L, OpenCLIP H or bigG); the file has {FileSummary.Of(file)}");
    }

    private static ClipTextEncoder L(StateDict file, PartBuilder parts) => Open("l", file, parts, ClipActivation.QuickGelu, ClipTokenizer.End);

    private static ClipTextEncoder H(StateDict file, PartBuilder parts)
    {
        var clip = Open("h", file, parts, ClipActivation.Gelu, padding: 0);
        return clip with { HiddenFromEnd = StableDiffusion2.HiddenFromEnd(clip) };
    }

    private static ClipTextEncoder G(StateDict file, PartBuilder parts) => Open("g", file, parts, ClipActivation.Gelu, padding: 0) with { HiddenFromEnd = 2, NormHidden = false };

    private static ClipTextEncoder Open(string name, StateDict file, PartBuilder parts, ClipActivation activation, int padding) =>
        parts.Clip(name, file, activation, padding) ?? throw new WeightsFormatException($"the text encoder's token_embedding is not where it is known; the file has {FileSummary.Of(file)}");
}

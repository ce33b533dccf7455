using System.Text;
using System.Text.Json.Nodes;

namespace Farm.NodeCatalog;

/// <summary>Writes docs/nodes.md: which of ComfyUI's node classes are built, and what is known about each.</summary>
internal static class NodesDocument
{
    /// <summary>Where it lies in the repository.</summary>
    public const string Path = "docs/nodes.md";

    private const string Uncategorised = "(none)";

    public static string Write(JsonObject recorded, CatalogComparison comparison, IReadOnlySet<string> verified)
    {
        var missing = comparison.Missing.ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder(
            $"""
            # Nodes

            ComfyUI 0.19.3 lists {recorded.Count} node classes; {recorded.Count - missing.Count} are built, {missing.Count} are missing. Written by
            `dotnet run --project tests/NodeCatalog -- OBJECT_INFO.json`, which compares each definition with the recorded one.

            *Verified*: the tests run the class on inputs recorded from ComfyUI and compare its results. *Unverified*: it is built and its definition
            is equal, but no recorded result of it is compared.

            Results are held to 1e-5 + 1e-5·|b|, where lanczos scales to 1/255, where pixels are quantised or edges found (ImageQuantize, Canny) to 98 % of the pixels. Exceptions, each a last bit of fp32 that the case magnifies:
            107-PorterDuffImageComposite (DARKEN) to 1.5e-5: it divides by an alpha of 0.02 that bicubic scaling made, with two units in the last place between the recorded and the present library; exact numbers are off by 1.5e-5 too.
            306 and 309-ColorTransfer (mkl_lab) to 1.5e-5: statistics were recorded in fp32. Of 360 orders of the fp32 operations none gives the recorded bits, and none holds 1e-5 in all cases on the instruction sets tried; they are computed in fp64.
            763-AudioEqualizer3Band (a shelf at 100 Hz raised by 24 dB) to 9e-5: the recorded cosine lies one unit in the last place above the nearest fp32 number, with which the result is equal to the bit; libtorch gives the nearest with
            AVX-512, AVX2 and neither. Not compared: how tensors are printed (PreviewAny), DrawBBoxes with a label (another font), compressed bytes.

            SkipLayerGuidanceSD3, -DiT and -DiTSimple follow the formula of skip layer guidance. The networks built are UNets, which have blocks of neither kind to leave out: on them the pass without blocks equals the plain one,
            and only `rescaling_scale` shows. NAGuidance (arXiv 2505.21179) is missing since there is neither a recorded result nor a description of the attentions and rows that ComfyUI applies it to.

            | category | verified | unverified | missing |
            |---|---|---|---|

            """);
        foreach (var category in recorded.GroupBy(Category, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var built = category.Select(entry => entry.Key).Where(name => !missing.Contains(name)).ToLookup(verified.Contains);
            text.Append($"| {category.Key} | {string.Join(", ", built[true])} | {string.Join(", ", built[false])} | {string.Join(", ", category.Select(entry => entry.Key).Where(missing.Contains))} |\n");
        }
        return text.ToString();
    }

    private static string Category(KeyValuePair<string, JsonNode?> entry) => (string?)entry.Value!["category"] is { Length: > 0 } name ? name : Uncategorised;
}

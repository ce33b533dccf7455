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

            Results are held to 1e-5 + 1e-5·|b|, where lanczos scales to 1/255, where pixels are quantised or edges found (ImageQuantize, Canny) to 98 % of the pixels. Exceptions: 107-PorterDuffImageComposite (DARKEN)
            to 5e-5, since it divides by an alpha near 0.02 that scaling in fp32 made, and in exact numbers the recorded result is itself off by 1.5e-5; 306 and 309-ColorTransfer (mkl_lab) to 1.5e-5, since eigenvectors
            of covariances were recorded in fp32; 763-AudioEqualizer3Band (a shelf at 100 Hz raised by 24 dB) to 9e-5, since the recorded cosine is one unit in the last place above the nearest fp32 number, with which the results
            are equal to 1e-5. Not compared: how tensors are printed (PreviewAny), DrawBBoxes with a label (another font), compressed bytes.

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

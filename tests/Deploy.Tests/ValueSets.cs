using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>The value sets that the chart is rendered with.</summary>
internal static class ValueSets
{
    private const string Documented = "operations.md", Fence = "```";

    private static readonly Lazy<string> OfTheDocs = new(Extract);

    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => ["minimal", "gpu-pools", "external-stores", "oidc-tls", "high-availability", Documented];

    /// <summary>The file of one.</summary>
    public static string File(string set) =>
        set == Documented ? OfTheDocs.Value : Path.Combine(Repository.Root, "tests", "Deploy.Tests", "values", set + ".yaml");

    /// <summary>The values that docs/operations.md shows.</summary>
    private static string Extract()
    {
        var text = System.IO.File.ReadAllText(Path.Combine(Repository.Root, "docs", Documented)).Split(Fence + "yaml\n", 2)[1];
        var file = Path.Combine(AppContext.BaseDirectory, "operations.yaml");
        System.IO.File.WriteAllText(file, text[..text.IndexOf(Fence, StringComparison.Ordinal)]);
        return file;
    }
}

using Xunit;

namespace Farm.OptionsCatalog.Tests;

/// <summary>docs/configuration.md says what the options' classes say.</summary>
public sealed class ConfigurationDocumentTests
{
    private const string Command = "Run: dotnet run -c Release --project tests/OptionsCatalog";

    [Fact]
    public void Options_OfPrograms_AllHaveDocsAndDefaultsThatHold() => Assert.Empty(OptionCatalog.OfPrograms().Problems);

    [Fact]
    public void Document_OfRepository_IsWhatIsWritten()
    {
        var current = File.ReadAllText(Path.Combine(Repository.Root(), ConfigurationDocument.Path));
        var catalog = OptionCatalog.OfPrograms();
        Assert.Contains("Farm:Gateway", catalog.Sections.Keys);
        Assert.Contains("Farm:Worker", catalog.Sections.Keys);
        Assert.Contains("Farm:Database", catalog.Sections.Keys);
        var (text, problems) = ConfigurationDocument.Write(current, catalog);
        Assert.Empty(problems);
        Assert.True(text == current, $"{ConfigurationDocument.Path} is not what would be written. {Command}");
    }

    [Fact]
    public void Document_TableOfNoSectionAndSectionWithoutTable_AreBothTold()
    {
        var catalog = OptionCatalog.Of([typeof(SampleOptions)]);
        var (text, problems) = ConfigurationDocument.Write("a\n<!-- options Farm:Gone -->\nold\n<!-- end of options -->\nb\n", catalog);
        Assert.Equal("a\n<!-- options Farm:Gone -->\n| option | default | meaning |\n|---|---|---|\n<!-- end of options -->\nb\n", text);
        Assert.Equal(2, problems.Count);
        Assert.Contains("Farm:Gone", problems[0], StringComparison.Ordinal);
        Assert.Contains("no table of Farm:Sample", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Document_TableOfASection_IsWrittenAnew()
    {
        var (text, problems) = ConfigurationDocument.Write("<!-- options Farm:Sample -->\n| stale |\n<!-- end of options -->\n", OptionCatalog.Of([typeof(SampleOptions)]));
        Assert.Empty(problems);
        Assert.Equal(
            """
            <!-- options Farm:Sample -->
            | option | default | meaning |
            |---|---|---|
            | `Farm:Sample:Patience` | `00:00:05`; 0 for not at all | How long it waits |
            | `Farm:Sample:Room` | `16777216` (16 MiB) | Bytes that it may take |
            | `Farm:Sample:Folder` | `cache` in the data root | Where it lies |
            | `Farm:Sample:Kind` | `Warm` | Which one it is. One of `Cold`, `Warm` |
            | `Farm:Sample:Names:0`, … | none | What it is called |
            | `Farm:Sample:Of:NAME:Share` | that of all | The share of one |
            <!-- end of options -->

            """, text);
    }
}

using System.Text.Json.Nodes;
using Farm.NodeCatalog;
using Farm.Worker.Gpu.Tests.Fixtures;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>docs/nodes.md says what the built-in classes are, and they are as ComfyUI 0.19.3 lists them.</summary>
public sealed class NodesDocumentTests
{
    private readonly JsonObject _recorded = Recorded.Definitions.DeepClone().AsObject();

    [Fact]
    public void BuiltInClasses_AgainstTheRecordedList_DifferInNothing() => Assert.Empty(CatalogComparison.OfBuiltInNodes(_recorded).Differences);

    [Fact]
    public void Document_OfRepository_IsWhatIsWritten()
    {
        var root = Repository.Root();
        var comparison = CatalogComparison.OfBuiltInNodes(_recorded);

        var text = NodesDocument.Write(_recorded, comparison, Repository.RecordedClasses(root));

        Assert.True(
            text == File.ReadAllText(Path.Combine(root, NodesDocument.Path)),
            $"{NodesDocument.Path} is not what would be written. Run: dotnet run -c Release --project tests/NodeCatalog -- OBJECT_INFO.json");
    }
}

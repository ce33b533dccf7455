using System.Text.Json.Nodes;
using Farm.NodeCatalog;

if (args is not [var path] || !File.Exists(path))
{
    Console.Error.WriteLine("usage: dotnet run --project tests/NodeCatalog -- OBJECT_INFO.json");
    return 2;
}
var recorded = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
BuiltInNodes.EmptyFolderLists(recorded);
var comparison = CatalogComparison.Create(recorded, BuiltInNodes.Entries());
foreach (var name in comparison.Missing) Console.WriteLine($"missing: {name}");
foreach (var difference in comparison.Differences) Console.WriteLine($"differs: {difference}");
var root = Repository.Root();
File.WriteAllText(Path.Combine(root, "docs", "nodes.md"), NodesDocument.Write(recorded, comparison, Repository.RecordedClasses(root)));
Console.WriteLine($"{comparison.Equal.Count} equal, {comparison.Missing.Count} missing, {comparison.Differing.Count} differing");
return comparison.Differing.Count == 0 ? 0 : 1;

using System.Text.Json.Nodes;
using Farm.NodeCatalog;

if (args is not [var path] || !File.Exists(path))
{
    Console.Error.WriteLine("usage: dotnet run --project tests/NodeCatalog -- OBJECT_INFO.json");
    return 2;
}
var recorded = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
var comparison = CatalogComparison.OfBuiltInNodes(recorded);
foreach (var name in comparison.Missing) Console.WriteLine($"missing: {name}");
foreach (var difference in comparison.Differences) Console.WriteLine($"differs: {difference}");
var root = Repository.Root();
File.WriteAllText(Path.Combine(root, NodesDocument.Path), NodesDocument.Write(recorded, comparison, Repository.RecordedClasses(root)));
Console.WriteLine($"{comparison.Equal.Count} equal, {comparison.Missing.Count} missing, {comparison.Differing.Count} differing");
return comparison.Differing.Count == 0 ? 0 : 1;

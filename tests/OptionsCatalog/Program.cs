using Farm.OptionsCatalog;

if (args is not ([] or ["--check"]))
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/OptionsCatalog [-- --check]");
    return 2;
}
var path = Path.Combine(Repository.Root(), ConfigurationDocument.Path);
var current = File.ReadAllText(path);
var catalog = OptionCatalog.OfPrograms();
var (text, unplaced) = ConfigurationDocument.Write(current, catalog);
string[] problems = [.. catalog.Problems, .. unplaced];
foreach (var problem in problems) Console.Error.WriteLine(problem);
Console.WriteLine($"{catalog.Sections.Sum(section => section.Value.Count)} options in {catalog.Sections.Count} sections, {problems.Length} problems");
var stale = text != current;
if (stale && args is ["--check"]) Console.Error.WriteLine($"{ConfigurationDocument.Path} is not what would be written.");
if (stale && args is []) File.WriteAllText(path, text);
return problems.Length > 0 || (stale && args is ["--check"]) ? 1 : 0;

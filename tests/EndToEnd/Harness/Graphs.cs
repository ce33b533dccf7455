using System.Text.Json.Nodes;

namespace Farm.EndToEnd.Harness;

/// <summary>Graphs that the tests submit.</summary>
public static class Graphs
{
    /// <summary>A recorded workflow.</summary>
    public static JsonNode Recorded(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name + ".json")))!;

    /// <summary>A file of the recorded workflows.</summary>
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Workflows", name);

    /// <summary>A picture of one colour, saved; it has a number of wide blurs to wade through, which do not change it.</summary>
    public static JsonObject Colour(int colour, int blurs = 0, int size = 64, string prefix = "colour")
    {
        var graph = new JsonObject { ["0"] = Node("EmptyImage", new() { ["width"] = size, ["height"] = size, ["batch_size"] = 1, ["color"] = colour }) };
        for (var i = 1; i <= blurs; i++)
            graph[$"{i}"] = Node("ImageBlur", new() { ["image"] = Link($"{i - 1}", 0), ["blur_radius"] = 31, ["sigma"] = 10.0 });
        graph["save"] = Node("SaveImage", new() { ["images"] = Link($"{blurs}", 0), ["filename_prefix"] = prefix });
        return graph;
    }

    /// <summary>Loads an input image and saves it.</summary>
    public static JsonObject LoadAndSave(string image) => new()
    {
        ["1"] = Node("LoadImage", new() { ["image"] = image }),
        ["2"] = Node("SaveImage", new() { ["images"] = Link("1", 0), ["filename_prefix"] = "loaded" }),
    };

    public static JsonObject Node(string classType, JsonObject inputs) => new() { ["class_type"] = classType, ["inputs"] = inputs };

    public static JsonArray Link(string node, int slot) => [node, slot];
}

using System.Text.Json.Nodes;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>Builds prompts of the execution-test nodes.</summary>
public sealed class RulesGraph
{
    /// <summary>The prompt so far.</summary>
    public JsonObject Prompt { get; } = [];

    /// <summary>The inputs of a node, to be changed.</summary>
    public JsonObject this[string id] => Prompt[id]!["inputs"]!.AsObject();

    /// <summary>Adds a node, numbered from 1 unless named; links are tuples of id and slot or the id that <see cref="Add"/> returned.</summary>
    public string Add(string classType, params (string Name, object? Value)[] inputs) => AddAs($"{Prompt.Count + 1}", classType, inputs);

    /// <summary>Adds a node under an id.</summary>
    public string AddAs(string id, string classType, params (string Name, object? Value)[] inputs)
    {
        Prompt[id] = new JsonObject
        {
            ["class_type"] = classType,
            ["inputs"] = new JsonObject(inputs.Select(input => KeyValuePair.Create(input.Name, Json(input.Value)))),
        };
        return id;
    }

    /// <summary>A link.</summary>
    public static JsonArray Link(string id, int slot = 0) => [id, slot];

    /// <summary>StubImage.</summary>
    public string Image(string content, int size = 512, int batch = 1) =>
        Add("StubImage", ("content", content), ("height", size), ("width", size), ("batch_size", batch));

    /// <summary>StubMask.</summary>
    public string Mask(object value, int size = 512) =>
        Add("StubMask", ("value", value), ("height", size), ("width", size), ("batch_size", 1));

    /// <summary>StubConstantImage.</summary>
    public string Constant(double value, int size = 512) =>
        Add("StubConstantImage", ("value", value), ("height", size), ("width", size), ("batch_size", 1));

    /// <summary>TestLazyMixImages.</summary>
    public string Mix(string image1, string image2, string mask) =>
        Add("TestLazyMixImages", ("image1", Link(image1)), ("image2", Link(image2)), ("mask", Link(mask)));

    /// <summary>SaveImage.</summary>
    public string Save(string images, int slot = 0) => Add("SaveImage", ("images", Link(images, slot)), ("filename_prefix", "rules"));

    /// <summary>PreviewImage.</summary>
    public string Preview(string images, int slot = 0) => Add("PreviewImage", ("images", Link(images, slot)));

    private static JsonNode? Json(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        double number => JsonNode.Parse(number.ToString("0.0###", System.Globalization.CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value),
    };
}

using Farm.Contracts.Catalog;

namespace Farm.Nodes;

/// <content>
/// Inputs that bring others along. In a prompt those stand under dotted names (<c>images.image0</c>, <c>mode.width</c>); the node gets one
/// dictionary per such input.
/// </content>
public sealed partial class NodeBuilder
{
    /// <summary>An input of the type that every input and output of the same <paramref name="template"/> has, out of the types <paramref name="allowed"/>.</summary>
    public NodeBuilder MatchInput(string name, string template, string allowed = "*", Action<InputOptions>? options = null) =>
        Input(name, "COMFY_MATCHTYPE_V3", o =>
        {
            options?.Invoke(o);
            o.Set("template", new OrderedDictionary<string, object?> { ["template_id"] = template, ["allowed_types"] = allowed });
        });

    /// <summary>A row of numbered inputs of one kind: <paramref name="prefix"/> and a number from 0. Its kind is what <paramref name="element"/> adds.</summary>
    public NodeBuilder Autogrow(string name, Action<NodeBuilder> element, string prefix, int min = 1, int max = 10, Action<InputOptions>? options = null) =>
        Autogrow(name, options, $"{{\"input\": {Inputs(element)}, \"prefix\": {PythonValue.Dumps(prefix)}, \"min\": {min}, \"max\": {max}}}");

    /// <summary>A row of inputs of one kind with names of their own.</summary>
    public NodeBuilder Autogrow(string name, Action<NodeBuilder> element, IEnumerable<string> names, int min = 1, Action<InputOptions>? options = null) =>
        Autogrow(name, options, $"{{\"input\": {Inputs(element)}, \"names\": {Json(names)}, \"min\": {min}}}");

    /// <summary>A choice of which each brings inputs of its own. The node gets a dictionary: the choice under <paramref name="name"/>, then those inputs.</summary>
    public NodeBuilder DynamicCombo(string name, IEnumerable<(string Key, Action<NodeBuilder> Inputs)> choices, Action<InputOptions>? options = null) =>
        Input(name, "COMFY_DYNAMICCOMBO_V3", o =>
        {
            options?.Invoke(o);
            o.SetJson("options", $"[{string.Join(", ", choices.Select(choice => $"{{\"key\": {PythonValue.Dumps(choice.Key)}, \"inputs\": {Inputs(choice.Inputs)}}}"))}]");
        });

    private NodeBuilder Autogrow(string name, Action<InputOptions>? options, string template) =>
        Input(name, "COMFY_AUTOGROW_V3", o =>
        {
            options?.Invoke(o);
            o.SetJson("template", template);
        });

    private static string Inputs(Action<NodeBuilder> add)
    {
        var inner = new NodeBuilder(typeof(NodeBuilder));
        add(inner);
        var optional = inner._optional.Count > 0 ? $", \"optional\": {Section(inner._optional)}" : "";
        return $"{{\"required\": {Section(inner._required)}{optional}}}";
    }

    private static string Section(IEnumerable<InputDefinition> inputs) =>
        "{" + string.Join(", ", inputs.Select(input => $"{PythonValue.Dumps(input.Name)}: [{PythonValue.Dumps(input.Type)}, {input.Options ?? "{}"}]")) + "}";
}

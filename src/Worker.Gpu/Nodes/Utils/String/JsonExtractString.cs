using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A member of a JSON object as text; empty when there is none or the text is no JSON.</summary>
internal sealed class JsonExtractString : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("JsonExtractString", "Extract String from JSON").In("utils/string").Module("comfy_extras.nodes_string")
        .String("json_string", multiline: true)
        .String("key")
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call)
    {
        var found = PythonJson.TryParse(call.Get<string>("json_string"), out var json) && json is IReadOnlyDictionary<string, object?> members
            ? members.GetValueOrDefault(call.Get<string>("key"))
            : null;
        return NodeResult.Of(found is null ? "" : PythonValue.Str(found));
    }
}

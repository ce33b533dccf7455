using Farm.Contracts.Text;

namespace Farm.Nodes;

/// <summary>
/// The option object of an input as <c>/object_info</c> prints it. Members stand in the order they are set in, but those that a
/// schema node (V3) prints first.
/// </summary>
public sealed class InputOptions
{
    private static readonly string[] FirstInV3 =
        ["display_name", "tooltip", "lazy", "rawLink", "advanced", "hidden", "widgetType", "image_upload", "default", "socketless", "forceInput"];

    private readonly OrderedDictionary<string, string> _members = [];

    /// <summary>Not evaluated before the node asks for it.</summary>
    public InputOptions Lazy() => Set("lazy", true);

    /// <summary>The node gets the link instead of its value.</summary>
    public InputOptions RawLink() => Set("rawLink", true);

    /// <summary>Help text.</summary>
    public InputOptions Tooltip(string text) => Set("tooltip", text);

    /// <summary>The name people read.</summary>
    public InputOptions DisplayName(string text) => Set("display_name", text);

    /// <summary>Shown among the advanced inputs only.</summary>
    public InputOptions Advanced() => Set("advanced", true);

    /// <summary>A socket instead of a widget.</summary>
    public InputOptions ForceInput() => Set("forceInput", true);

    /// <summary>A widget without a socket.</summary>
    public InputOptions Socketless() => Set("socketless", true);

    /// <summary>Sets any member. Values: null, booleans, numbers (a double prints as a float), texts, lists, dictionaries with text keys.</summary>
    public InputOptions Set(string name, object? value) => SetJson(name, PythonValue.Dumps(value));

    internal InputOptions SetUnlessNull(string name, object? value) => value is null ? this : Set(name, value);

    internal InputOptions SetIf(bool condition, string name) => condition ? Set(name, true) : this;

    internal InputOptions SetJson(string name, string json)
    {
        _members[name] = json;
        return this;
    }

    internal string? WriteUnlessEmpty(bool v3) => _members.Count == 0 ? null : Write(v3);

    internal string Write(bool v3)
    {
        var ordered = v3
            ? _members.OrderBy(m => Array.IndexOf(FirstInV3, m.Key) is var at and >= 0 ? at : int.MaxValue)
            : _members.AsEnumerable();
        return "{" + string.Join(", ", ordered.Select(m => $"{PythonText.Dumps(m.Key)}: {m.Value}")) + "}";
    }
}

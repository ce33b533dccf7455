using System.Collections.Immutable;
using System.Numerics;
using Farm.Contracts.Catalog;

namespace Farm.Nodes;

/// <summary>
/// Writes a node's definition. Inputs are required until <see cref="OptionalInputs"/>. Nodes are schema nodes (V3) unless
/// <see cref="V1"/> says otherwise.
/// </summary>
public sealed partial class NodeBuilder
{
    private readonly ImmutableArray<InputDefinition>.Builder _required = ImmutableArray.CreateBuilder<InputDefinition>();
    private readonly ImmutableArray<InputDefinition>.Builder _optional = ImmutableArray.CreateBuilder<InputDefinition>();
    private readonly ImmutableArray<HiddenInput>.Builder _hidden = ImmutableArray.CreateBuilder<HiddenInput>();
    private readonly ImmutableArray<OutputDefinition>.Builder _outputs = ImmutableArray.CreateBuilder<OutputDefinition>();
    private readonly InputOptions _more = new();
    private string _classType;
    private string? _displayName;
    private string _description = "";
    private string _category = "";
    private string _module;
    private NodeStyle _style = NodeStyle.V3;
    private NodeTraits _traits;
    private bool _inOptional;
    private bool _hasMore;

    internal NodeBuilder(Type type)
    {
        _classType = type.Name;
        _module = type.Namespace ?? type.Name;
    }

    /// <summary>The class_type of prompts, and the name people read.</summary>
    public NodeBuilder Named(string classType, string? displayName = null)
    {
        (_classType, _displayName) = (classType, displayName);
        return this;
    }

    /// <summary>The menu path, parts joined by <c>/</c>.</summary>
    public NodeBuilder In(string category)
    {
        _category = category;
        return this;
    }

    /// <summary>What the node does.</summary>
    public NodeBuilder Describe(string description)
    {
        _description = description;
        return this;
    }

    /// <summary>The python_module that clients see; the class's namespace unless given.</summary>
    public NodeBuilder Module(string name)
    {
        _module = name;
        return this;
    }

    /// <summary>
    /// The node follows ComfyUI's older way of static tables, which lists and executes slightly differently. An input without any
    /// option is then listed without an option object; where ComfyUI shows an empty one in a listing without texts, it has a tooltip.
    /// Call it before adding inputs.
    /// </summary>
    public NodeBuilder V1()
    {
        _style = NodeStyle.V1;
        return this;
    }

    /// <summary>Its execution is a goal in itself.</summary>
    public NodeBuilder OutputNode() => With(NodeTraits.OutputNode);

    /// <summary>It takes whole lists in one call instead of one call an element.</summary>
    public NodeBuilder InputIsList() => With(NodeTraits.InputIsList);

    /// <summary>Its UI output is sent again when it is cached.</summary>
    public NodeBuilder IntermediateOutput() => With(NodeTraits.IntermediateOutput);

    /// <summary>Equal inputs do not mean equal outputs: two such nodes never share a result.</summary>
    public NodeBuilder NotIdempotent() => With(NodeTraits.NotIdempotent);

    /// <summary>It takes inputs that it does not declare.</summary>
    public NodeBuilder AcceptsAllInputs() => With(NodeTraits.AcceptsAllInputs);

    /// <summary>It may return a graph.</summary>
    public NodeBuilder Expands() => With(NodeTraits.Expands);

    /// <summary>Listed as deprecated.</summary>
    public NodeBuilder Deprecated() => With(NodeTraits.Deprecated);

    /// <summary>Listed as experimental.</summary>
    public NodeBuilder Experimental() => With(NodeTraits.Experimental);

    /// <summary>Calls a paid service.</summary>
    public NodeBuilder ApiNode() => With(NodeTraits.ApiNode);

    /// <summary>For developers only.</summary>
    public NodeBuilder DevOnly() => With(NodeTraits.DevOnly);

    /// <summary>Sets any further member of the <c>/object_info</c> entry (search_aliases, essentials_category, …); one of the usual members is replaced.</summary>
    public NodeBuilder More(string name, object? value)
    {
        _more.Set(name, value);
        _hasMore = true;
        return this;
    }

    /// <summary>The inputs from here on may be left out.</summary>
    public NodeBuilder OptionalInputs()
    {
        _inOptional = true;
        return this;
    }

    /// <summary>An input of any type: a link type (<c>IMAGE</c>), a union (<c>INT,FLOAT</c>), <c>*</c>.</summary>
    public NodeBuilder Input(string name, string type, Action<InputOptions>? options = null) =>
        Add(name, type, new InputOptions(), options);

    /// <summary>An integer.</summary>
    public NodeBuilder Int(
        string name, BigInteger? @default = null, BigInteger? min = null, BigInteger? max = null, BigInteger? step = null,
        bool controlAfterGenerate = false, string? display = null, Action<InputOptions>? options = null) =>
        Add(name, "INT", Number(@default, min, max, step).SetIf(controlAfterGenerate, "control_after_generate").SetUnlessNull("display", display), options);

    /// <summary>A floating-point number. <paramref name="round"/> is what widgets round to; the executor rounds nothing.</summary>
    public NodeBuilder Float(
        string name, double? @default = null, double? min = null, double? max = null, double? step = null, double? round = null,
        string? display = null, Action<InputOptions>? options = null) =>
        Add(name, "FLOAT", Number(@default, min, max, step).SetUnlessNull("round", round).SetUnlessNull("display", display), options);

    /// <summary>A text. Schema nodes always say whether it has several lines, others only if so.</summary>
    public NodeBuilder String(
        string name, string? @default = null, bool multiline = false, bool dynamicPrompts = false, Action<InputOptions>? options = null)
    {
        var start = new InputOptions().SetUnlessNull("default", @default);
        if (multiline || _style == NodeStyle.V3)
            start.Set("multiline", multiline);
        return Add(name, "STRING", start.SetIf(dynamicPrompts, "dynamicPrompts"), options);
    }

    /// <summary>A switch.</summary>
    public NodeBuilder Boolean(string name, bool? @default = null, Action<InputOptions>? options = null) =>
        Add(name, "BOOLEAN", new InputOptions().SetUnlessNull("default", @default), options);

    /// <summary>One of some texts (or numbers).</summary>
    public NodeBuilder Combo(string name, IEnumerable<object> choices, object? @default = null, Action<InputOptions>? options = null) =>
        Combo(name, choices, files: null, @default, options);

    /// <summary>
    /// A file of a model folder (<c>checkpoints</c>, …) or of <c>input</c>, where <paramref name="mediaTypes"/> (<c>image</c>, …) narrow the
    /// choice and <paramref name="mustExist"/> refuses names that are no file.
    /// </summary>
    public NodeBuilder FileCombo(
        string name, string folder, IEnumerable<string>? mediaTypes = null, IEnumerable<string>? extra = null, bool mustExist = false,
        Action<InputOptions>? options = null) =>
        Combo(name, [], new FileChoices(folder, [.. mediaTypes ?? []], [.. extra ?? []], mustExist), @default: null, options);

    /// <summary>A folder inside the input folder, by its path relative to it.</summary>
    public NodeBuilder InputFolderCombo(string name) => Combo(name, [], new FileChoices(FileChoices.InputFolders, [], []), @default: null, options: null);

    /// <summary>
    /// A value that the executor supplies, by ComfyUI's kinds: PROMPT, EXTRA_PNGINFO, UNIQUE_ID, DYNPROMPT, …. Any other kind is filled
    /// only by a prompt's own input of that name; a kind that starts with <c>[</c> is JSON and listed as such.
    /// </summary>
    public NodeBuilder Hidden(string name, string kind)
    {
        _hidden.Add(new HiddenInput(name, kind));
        return this;
    }

    /// <summary>The next output slot; named after its type unless given.</summary>
    public NodeBuilder Output(string type, string? name = null, bool isList = false, string? tooltip = null)
    {
        _outputs.Add(new OutputDefinition(name ?? type, type, isList, tooltip));
        return this;
    }

    /// <summary>An output whose type is a list of choices, to be linked to an equal old-style combo.</summary>
    public NodeBuilder ComboOutput(string name, IEnumerable<object> choices, string? tooltip = null)
    {
        _outputs.Add(new OutputDefinition(name, "COMBO", Tooltip: tooltip, Choices: Json(choices)));
        return this;
    }

    /// <summary>An output of whatever type the inputs of the same match template have.</summary>
    public NodeBuilder MatchOutput(string template, string? name = null, bool isList = false, string? tooltip = null)
    {
        _outputs.Add(new OutputDefinition(name ?? "MATCHTYPE", "COMFY_MATCHTYPE_V3", isList, tooltip, MatchTemplate: template));
        return this;
    }

    internal NodeDefinition Build(NodeTraits ofType, ImmutableArray<string>? validated) => new()
    {
        ClassType = _classType,
        DisplayName = _displayName,
        Description = _description,
        Category = _category,
        PythonModule = _module,
        Required = _required.ToImmutable(),
        Optional = _optional.ToImmutable(),
        Hidden = _hidden.ToImmutable(),
        Outputs = _outputs.ToImmutable(),
        Style = _style,
        Traits = _traits | ofType | (validated?.Contains("input_types") is true ? NodeTraits.ValidatesTypes : NodeTraits.None),
        ValidatedInputs = validated,
        More = _hasMore ? _more.Write(v3: false) : null,
    };

    private NodeBuilder Combo(string name, IEnumerable<object> choices, FileChoices? files, object? @default, Action<InputOptions>? options)
    {
        var start = new InputOptions().SetUnlessNull("default", @default);
        if (_style == NodeStyle.V1)
            return Add(name, "COMBO", start, options, Json(choices), files);
        return Add(name, "COMBO", start.Set("multiselect", false).SetJson("options", Json(choices)), options, choices: null, files);
    }

    private NodeBuilder Add(
        string name, string type, InputOptions start, Action<InputOptions>? options, string? choices = null, FileChoices? files = null)
    {
        options?.Invoke(start);
        var section = _inOptional ? _optional : _required;
        section.Add(new InputDefinition { Name = name, Type = type, Options = start.WriteUnlessEmpty(_style == NodeStyle.V3), Choices = choices, Files = files });
        return this;
    }

    private static InputOptions Number(object? @default, object? min, object? max, object? step) =>
        new InputOptions().SetUnlessNull("default", @default).SetUnlessNull("min", min).SetUnlessNull("max", max).SetUnlessNull("step", step);

    private static string Json(IEnumerable<object> choices) => PythonValue.Dumps(choices.ToArray());

    private NodeBuilder With(NodeTraits trait)
    {
        _traits |= trait;
        return this;
    }
}

using Farm.Contracts.Catalog;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>The gathered inputs of a node: one list of values each (execution-semantics, section 9).</summary>
internal sealed class NodeInputs
{
    private static readonly object?[] Unavailable = [null];

    private readonly List<string> _names = [];
    private readonly List<IReadOnlyList<object?>> _lists = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    /// <summary>Names in order, hidden inputs of older nodes last.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Their values.</summary>
    public IReadOnlyList<IReadOnlyList<object?>> Lists => _lists;

    /// <summary>Whether an input is a link whose value is not there (yet).</summary>
    public bool IsMissing(string name) => _missing.Contains(name);

    /// <summary>Whether there is such an input.</summary>
    public bool Contains(string name) => _places.ContainsKey(name);

    /// <summary>Gathers the inputs of a scheduled node from its literals and the results bound to it.</summary>
    public static NodeInputs Gather(RunNode node, NodePlan plan, PromptRun run)
    {
        var inputs = new NodeInputs();
        var declared = Declared(node, plan);
        foreach (var (name, value) in node.Inputs)
        {
            var input = declared(name);
            if (value is NodeLink link)
                inputs.AddLink(name, link, input, node);
            else if (input is not null || plan.AcceptsAll)
                inputs.Set(name, [value]);
        }
        if (plan.Style == NodeStyle.V1)
        {
            foreach (var hidden in plan.Type.Definition.Hidden)
                inputs.AddHidden(hidden, node, run);
        }
        return inputs;
    }

    /// <summary>The constants of a node, links as null: what fingerprints see.</summary>
    public static NodeInputs Constants(RunNode node, NodePlan plan, PromptRun run)
    {
        var inputs = new NodeInputs();
        var declared = Declared(node, plan);
        foreach (var (name, value) in node.Inputs)
        {
            if (value is NodeLink)
                inputs.Set(name, Unavailable);
            else if (plan.AcceptsAll || declared(name) is not null)
                inputs.Set(name, [value]);
        }
        if (plan.Style == NodeStyle.V1)
        {
            foreach (var hidden in plan.Type.Definition.Hidden.Where(h => h.Kind is not ("PROMPT" or "DYNPROMPT")))
                inputs.AddHidden(hidden, node, run);
        }
        return inputs;
    }

    private static Func<string, InputPlan?> Declared(RunNode node, NodePlan plan)
    {
        if (!plan.HasDynamicInputs)
            return plan.Find;
        var declared = DynamicInputs.Declare(plan, node.Inputs);
        return name => declared.GetValueOrDefault(name);
    }

    private void AddLink(string name, NodeLink link, InputPlan? input, RunNode node)
    {
        if (input is { RawLink: true })
        {
            Set(name, [link]);
            return;
        }
        var list = node.Bound.TryGetValue(link.NodeId, out var result) ? result.Slot(link.Slot) : null;
        if (result is null)
            _missing.Add(name);
        Set(name, list ?? Unavailable);
    }

    private void AddHidden(HiddenInput hidden, RunNode node, PromptRun run)
    {
        object? value;
        switch (hidden.Kind)
        {
            case "PROMPT":
                value = run.Graph.PromptValue;
                break;
            case "DYNPROMPT":
                value = run.Graph;
                break;
            case "EXTRA_PNGINFO":
                value = run.Extra.PngInfo;
                break;
            case "UNIQUE_ID":
                value = node.Id;
                break;
            case "AUTH_TOKEN_COMFY_ORG":
                value = run.Extra.AuthToken;
                break;
            case "API_KEY_COMFY_ORG":
                value = run.Extra.ApiKey;
                break;
            default:
                return;
        }
        Set(hidden.Name, [value]);
    }

    private void Set(string name, IReadOnlyList<object?> list)
    {
        if (!_places.TryAdd(name, _names.Count))
        {
            _lists[_places[name]] = list;
            return;
        }
        _names.Add(name);
        _lists.Add(list);
    }
}

using System.Globalization;
using System.Text.Json;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>
/// Inputs that schema nodes declare depending on what the prompt gives (execution-semantics, section 6): flat and dotted in the
/// prompt, nested in the call.
/// </summary>
internal static class DynamicInputs
{
    /// <summary>All inputs that are declared for what the prompt gives, in order.</summary>
    public static OrderedDictionary<string, InputPlan> Declare(NodePlan plan, RunInput[] given)
    {
        var declared = new OrderedDictionary<string, InputPlan>(StringComparer.Ordinal);
        foreach (var input in plan.Declared)
            Declare(input, given, declared);
        return declared;
    }

    /// <summary>Nests the arguments of one call: <c>d.name</c> goes under <c>d</c>. Absent optional inputs of a chosen option are null.</summary>
    public static (List<string> Names, List<object?> Values) Nest(NodePlan plan, RunNode node, IReadOnlyList<string> names, IReadOnlyList<object?> values)
    {
        var declared = Declare(plan, node.Inputs);
        var root = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
            Place(root, names[i], values[i], declared);
        foreach (var input in declared.Values)
            Complete(root, input, declared);
        return ([.. root.Keys], [.. root.Values]);
    }

    private static void Declare(InputPlan input, RunInput[] given, OrderedDictionary<string, InputPlan> declared)
    {
        switch (input.Kind)
        {
            case DynamicInput.None:
                declared[input.Name] = input;
                break;
            case DynamicInput.Combo when ChosenOption(input, given) is { } option:
                declared[input.Name] = input;
                DeclareSections(input.Name, option, given, declared);
                break;
            case DynamicInput.Slot when given.Any(g => g.Name == input.Name):
                declared[input.Name] = input;
                DeclareSections(input.Name, input.Options, given, declared);
                break;
            case DynamicInput.Autogrow:
                declared[input.Name] = input;
                DeclareRow(input, given, declared);
                break;
            default:
                break;
        }
    }

    private static JsonElement? ChosenOption(InputPlan input, RunInput[] given)
    {
        var choice = given.FirstOrDefault(g => g.Name == input.Name).Value as string;
        if (choice is null || !input.Options.TryGetProperty("options", out var options))
            return null;
        foreach (var option in options.EnumerateArray())
        {
            if (option.GetProperty("key").ValueEquals(choice))
                return option;
        }
        return null;
    }

    private static void DeclareSections(string prefix, JsonElement holder, RunInput[] given, OrderedDictionary<string, InputPlan> declared)
    {
        if (!holder.TryGetProperty("inputs", out var inputs))
            return;
        foreach (var section in inputs.EnumerateObject())
        {
            foreach (var input in section.Value.EnumerateObject())
                Declare(ReadInput($"{prefix}.{input.Name}", input.Value), given, declared);
        }
    }

    private static void DeclareRow(InputPlan row, RunInput[] given, OrderedDictionary<string, InputPlan> declared)
    {
        var template = row.Options.GetProperty("template");
        foreach (var section in template.GetProperty("input").EnumerateObject())
        {
            foreach (var input in section.Value.EnumerateObject())
            {
                foreach (var name in RowNames(template))
                    Declare(ReadInput($"{row.Name}.{name}", input.Value), given, declared);
            }
        }
    }

    private static IEnumerable<string> RowNames(JsonElement template)
    {
        if (template.TryGetProperty("names", out var names))
            return names.EnumerateArray().Select(n => n.GetString()!);
        var prefix = template.GetProperty("prefix").GetString();
        return Enumerable.Range(0, template.GetProperty("max").GetInt32())
            .Select(i => prefix + i.ToString(CultureInfo.InvariantCulture));
    }

    private static InputPlan ReadInput(string name, JsonElement definition)
    {
        var type = definition[0].ValueKind == JsonValueKind.String ? definition[0].GetString()! : "COMBO";
        return InputPlan.Of(name, type, definition.GetArrayLength() > 1 ? definition[1] : default);
    }

    private static void Place(
        OrderedDictionary<string, object?> root, string name, object? value, OrderedDictionary<string, InputPlan> declared)
    {
        var (holder, leaf) = HolderOf(root, name, declared);
        if (declared.GetValueOrDefault(name) is { Kind: DynamicInput.Combo or DynamicInput.Slot })
            Child(holder, leaf)[leaf] = value;
        else
            holder[leaf] = value;
    }

    // A chosen option's inputs are all there, the absent ones null; a row has the given ones only.
    private static void Complete(OrderedDictionary<string, object?> root, InputPlan input, OrderedDictionary<string, InputPlan> declared)
    {
        var (holder, leaf) = HolderOf(root, input.Name, declared);
        if (input.Kind == DynamicInput.Autogrow)
            Child(holder, leaf);
        else if (holder != root && ParentOf(input.Name, declared) is { Kind: not DynamicInput.Autogrow })
            holder.TryAdd(leaf, null);
    }

    private static (OrderedDictionary<string, object?> Holder, string Leaf) HolderOf(
        OrderedDictionary<string, object?> root, string name, OrderedDictionary<string, InputPlan> declared)
    {
        if (ParentOf(name, declared) is not { } parent)
            return (root, name);
        var (holder, leaf) = HolderOf(root, parent.Name, declared);
        return (Child(holder, leaf), name[(parent.Name.Length + 1)..]);
    }

    private static InputPlan? ParentOf(string name, OrderedDictionary<string, InputPlan> declared)
    {
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (declared.GetValueOrDefault(name[..dot]) is { Kind: not DynamicInput.None } parent)
                return parent;
        }
        return null;
    }

    private static OrderedDictionary<string, object?> Child(OrderedDictionary<string, object?> holder, string name)
    {
        if (holder.GetValueOrDefault(name) is OrderedDictionary<string, object?> child)
            return child;
        child = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        holder[name] = child;
        return child;
    }
}

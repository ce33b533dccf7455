using System.Collections.Immutable;
using Farm.Contracts.Catalog;

namespace Farm.TestNodes.Support;

/// <summary>
/// A node whose links are judged by code instead of the server's type test: any link between two such nodes will do, else all types
/// that the source may give must be among those that the input takes.
/// </summary>
internal abstract class VariantNode : Node, IValidatedNode
{
    private static readonly Lazy<HashSet<string>> Variants = new(() =>
        [.. typeof(VariantNode).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(VariantNode))).Select(type => type.Name)]);

    /// <inheritdoc />
    public ImmutableArray<string> ValidatedInputs => ["input_types"];

    /// <inheritdoc />
    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel)
    {
        var definition = BuildDefinition();
        var declared = definition.Required.Concat(definition.Optional).DistinctBy(input => input.Name).ToDictionary(input => input.Name);
        var reasons =
            from link in call.Get<LinkTypes>("input_types").Links
            where !Variants.Value.Contains(link.SourceClass)
            let input = declared[link.Input]
            where !Accepts(input, link.Type)
            select $"Invalid type of {link.Input}: {PythonValue.Str(link.Type)} (expected {input.Type})";
        return ValueTask.FromResult(reasons.FirstOrDefault() is { } reason ? InputVerdict.Invalid(reason) : InputVerdict.Valid);
    }

    private static bool Accepts(InputDefinition input, object received) =>
        received is string type && (type == "*" || input.Type == "*" || Parts(type).IsSubsetOf(Parts(input.Type)));

    private static HashSet<string> Parts(string type) => [.. type.Split(',', StringSplitOptions.TrimEntries)];
}

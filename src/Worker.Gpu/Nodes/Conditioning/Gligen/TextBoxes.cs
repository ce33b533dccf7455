using System.Collections.Immutable;
using Farm.Engine.Models.Gligen;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Texts in boxes, with the networks that put them there.</summary>
internal sealed record TextBoxes(Gligen Gligen, ImmutableArray<GroundedText> Texts) : IValueParts
{
    /// <summary>The option that holds them.</summary>
    public const string Option = "gligen";

    /// <inheritdoc />
    public IEnumerable<object?> Parts => Texts.Select(text => text.Summary);

    /// <summary>Those of an item, from here on with the given networks.</summary>
    public static TextBoxes Of(ConditioningItem item, Gligen gligen) => new(gligen, (item.Options.GetValueOrDefault(Option) as TextBoxes)?.Texts ?? []);

    /// <summary>These and one more.</summary>
    public TextBoxes With(GroundedText text) => this with { Texts = Texts.Add(text) };
}

using System.Collections.Immutable;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The images that a conditioning asks for.</summary>
internal sealed record AskedImages(ImmutableArray<ImagePrompt> Images) : IValueParts
{
    /// <summary>The option that holds them.</summary>
    public const string Option = "unclip_conditioning";

    /// <inheritdoc />
    public IEnumerable<object?> Parts => Images.Select(image => image.Embeds);

    /// <summary>Those of an item; none by default.</summary>
    public static AskedImages Of(ConditioningItem item) => item.Options.GetValueOrDefault(Option) as AskedImages ?? new AskedImages([]);

    /// <summary>These and more.</summary>
    public AskedImages With(IEnumerable<ImagePrompt> more) => new([.. Images, .. more]);
}

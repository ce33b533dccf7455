using Farm.Engine.Models.Vision;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as CLIP_VISION_OUTPUT.</summary>
internal sealed record VisionOutput(VisionEncoding Encoding) : IValueParts
{
    /// <inheritdoc />
    public IEnumerable<object?> Parts => [Encoding.LastHidden, Encoding.Penultimate, Encoding.Embeds];
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A LATENT of pictures and sound that belong together, each with a shape of its own. Nodes that take one tensor refuse it.</summary>
/// <param name="Video">The pictures.</param>
/// <param name="Audio">The sound.</param>
internal sealed record AudioVideoLatent(Latent Video, Latent Audio) : IValueParts
{
    /// <inheritdoc />
    public IEnumerable<object?> Parts => [Video, Audio];
}

namespace Farm.Worker.Nodes;

/// <summary>Latents that a conditioning carries for the network to look at.</summary>
internal static class References
{
    /// <summary>The conditioning with a latent added to those under <paramref name="name"/>; the same where there is no latent.</summary>
    public static Conditioning With(this Conditioning conditioning, string name, Latent? latent) => latent is null
        ? conditioning
        : new([.. conditioning.Items.Select(item => item.With((name, Appended(item, name, latent))))]);

    private static object?[] Appended(ConditioningItem item, string name, Latent latent) =>
        [.. item.Options.GetValueOrDefault(name) as IReadOnlyList<object?> ?? [], latent.Samples];
}

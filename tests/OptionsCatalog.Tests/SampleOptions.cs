namespace Farm.OptionsCatalog.Tests;

/// <summary>Options of every form.</summary>
public sealed class SampleOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Sample";

    /// <summary>How long it waits. 5 s by default; 0 for not at all.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that it may take. Default: 16 MiB.</summary>
    public long Room { get; set; } = 16 << 20;

    /// <summary>Where it lies; default <c>cache</c> in the data root.</summary>
    public string? Folder { get; set; }

    /// <summary>Which one it is. Default: <see cref="SampleKind.Warm"/>.</summary>
    public SampleKind Kind { get; set; } = SampleKind.Warm;

    /// <summary>What it is called. Default none.</summary>
    public IList<string> Names { get; } = [];

    /// <summary>What differs for one.</summary>
    public IDictionary<string, SampleShare> Of { get; } = new Dictionary<string, SampleShare>(StringComparer.Ordinal);
}

/// <summary>Kinds of samples.</summary>
public enum SampleKind
{
    /// <summary>Not warm.</summary>
    Cold,

    /// <summary>Not cold.</summary>
    Warm,
}

/// <summary>What one has of its own.</summary>
public sealed class SampleShare
{
    /// <summary>The share of one. Default: that of all.</summary>
    public double? Share { get; set; }
}

namespace Farm.Grains.Assets;

/// <summary>How assets are kept in step with files: section <c>Farm:Assets</c>.</summary>
public sealed class AssetOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Assets";

    /// <summary>
    /// Whether files of models, input and output that are no assets yet become some when a silo starts, as in ComfyUI. True by default.
    /// Each new file is read once, for its hash: with a large share of models that takes its time, beside the work.
    /// </summary>
    public bool ScanAtStart { get; set; } = true;
}

namespace Farm.Worker.Nodes;

/// <summary>Choices that several nodes share.</summary>
internal static class Choices
{
    /// <summary>Ways of resizing images.</summary>
    public static readonly string[] Resizing = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"];

    /// <summary>Whether to trim to the aspect ratio.</summary>
    public static readonly string[] Crop = ["disabled", "center"];
}

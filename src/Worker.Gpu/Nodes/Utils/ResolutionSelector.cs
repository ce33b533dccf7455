using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A width and a height of an aspect ratio and a number of pixels, both multiples of 8.</summary>
internal sealed class ResolutionSelector : Node
{
    private const double MegaPixel = 1024 * 1024;
    private const long Multiple = 8;

    private static readonly Dictionary<string, (long Width, long Height)> Ratios = new()
    {
        ["1:1 (Square)"] = (1, 1),
        ["3:2 (Photo)"] = (3, 2),
        ["4:3 (Standard)"] = (4, 3),
        ["16:9 (Widescreen)"] = (16, 9),
        ["21:9 (Ultrawide)"] = (21, 9),
        ["2:3 (Portrait Photo)"] = (2, 3),
        ["3:4 (Portrait Standard)"] = (3, 4),
        ["9:16 (Portrait Widescreen)"] = (9, 16),
    };

    protected override void Define(NodeBuilder node) => node
        .Named("ResolutionSelector", "Resolution Selector").In("utils").Module("comfy_extras.nodes_resolution")
        .Combo("aspect_ratio", Ratios.Keys, "1:1 (Square)")
        .Float("megapixels", 1.0, 0.1, 16.0, 0.1)
        .Output("INT", "width")
        .Output("INT", "height");

    protected override NodeResult? Run(NodeCall call)
    {
        var name = call.Get<string>("aspect_ratio");
        if (!Ratios.TryGetValue(name, out var ratio)) throw NodeFailedException.KeyError($"aspect_ratio: '{name}'");
        var scale = Math.Sqrt(Math.Max(0, call.Get<double>("megapixels")) * MegaPixel / (ratio.Width * ratio.Height));
        return NodeResult.Of(Side(ratio.Width), Side(ratio.Height));

        long Side(long share) => Sizes.Round(share * scale / Multiple) * Multiple;
    }
}

using System.Globalization;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A colour as one number, red in the highest byte.</summary>
internal sealed class ColorToRGBInt : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ColorToRGBInt", "Color to RGB Int").In("utils").Module("comfy_extras.nodes_color")
        .Input("color", "COLOR", o => o.Set("default", "#ffffff").Socketless())
        .Output("INT", "rgb_int");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of((long)Read("color", call.Get<string>("color")));

    /// <summary>Reads <c>#RRGGBB</c>.</summary>
    /// <exception cref="NodeFailedException">ValueError when it is of another form.</exception>
    internal static int Read(string input, string colour) =>
        colour is ['#', .. { Length: 6 } digits] && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw NodeFailedException.ValueError($"{input}: '{colour}' is no colour; it must be of the form #RRGGBB");
}

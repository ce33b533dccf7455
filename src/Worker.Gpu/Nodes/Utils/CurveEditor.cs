using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A curve drawn by hand, over a histogram if one is given.</summary>
internal sealed class CurveEditor : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("CurveEditor", "Curve Editor").In("utils").Module("comfy_extras.nodes_curve")
        .Input("curve", "CURVE", o => o.Set("default", new OrderedDictionary<string, object?>
        {
            ["points"] = new object?[] { new object?[] { 0.0, 0.0 }, new object?[] { 1.0, 1.0 } },
            ["interpolation"] = "monotone_cubic",
        }).Socketless())
        .OptionalInputs()
        .Input("histogram", "HISTOGRAM")
        .Output("CURVE", "curve");

    protected override NodeResult? Run(NodeCall call)
    {
        var curve = Read(call.Value("curve"));
        return call.Value("histogram") is IReadOnlyList<object?> histogram
            ? NodeResult.WithUi(new UiOutput().Add("histogram", histogram), curve)
            : NodeResult.Of(curve);
    }

    private static Curve Read(object? value) => value switch
    {
        Curve curve => curve,
        IReadOnlyDictionary<string, object?> members => new Curve(Points(members.GetValueOrDefault("points")), members.GetValueOrDefault("interpolation") is "linear"),
        _ => new Curve(Points(value), isLinear: false),
    };

    private static IEnumerable<(double X, double Y)> Points(object? value) =>
        value is IReadOnlyList<object?> points ? points.Select(Point) : throw Wrong(value);

    private static (double X, double Y) Point(object? value) =>
        value is IReadOnlyList<object?> { Count: >= 2 } pair ? (Number(pair[0]), Number(pair[1])) : throw Wrong(value);

    private static double Number(object? value) => value switch
    {
        double number => number,
        long number => number,
        _ => throw Wrong(value),
    };

    private static NodeFailedException Wrong(object? value) =>
        NodeFailedException.TypeError($"curve: a list of points [x, y] is expected, not {PythonValue.Repr(value)}");
}

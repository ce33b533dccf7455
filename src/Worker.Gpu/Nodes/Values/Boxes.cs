using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A rectangle on an image, in pixels, as detectors find them.</summary>
internal sealed record Box(double X, double Y, double Width, double Height, string? Label, double Score)
{
    /// <summary>Corners cut to whole pixels, the right and the lower one outside.</summary>
    public (long Left, long Top, long Right, long Bottom) Corners => ((long)X, (long)Y, (long)(X + Width), (long)(Y + Height));
}

/// <summary>What flows between nodes as BOUNDING_BOX: one rectangle, a list for every image, or a list of lists.</summary>
internal static class Boxes
{
    /// <summary>The rectangles: one list that holds for every image, or one for each image.</summary>
    /// <exception cref="NodeFailedException">TypeError when the value is of another form.</exception>
    public static IReadOnlyList<IReadOnlyList<Box>> Read(NodeCall call, string input) => call.Value(input) switch
    {
        IReadOnlyDictionary<string, object?> box => [[Box(box, input)]],
        IReadOnlyList<object?> list when list.All(element => element is IReadOnlyList<object?>) => [.. list.Select(element => List(element, input))],
        var flat => [List(flat, input)],
    };

    private static IReadOnlyList<Box> List(object? value, string input) =>
        value is IReadOnlyList<object?> boxes ? [.. boxes.Select(box => Box(box, input))] : throw Wrong(value, input);

    private static Box Box(object? value, string input)
    {
        if (value is not IReadOnlyDictionary<string, object?> members) throw Wrong(value, input);
        return new Box(Side("x", 0), Side("y", 0), Side("width", 0), Side("height", 0), members.GetValueOrDefault("label") as string, Side("score", 1));

        double Side(string name, double fallback) => members.GetValueOrDefault(name) switch
        {
            null => fallback,
            double number when double.IsFinite(number) => number,
            long number => number,
            var other => throw NodeFailedException.TypeError($"{input}: {name} must be a number, not {PythonValue.Repr(other)}"),
        };
    }

    private static NodeFailedException Wrong(object? value, string input) =>
        NodeFailedException.TypeError($"{input}: a rectangle or a list of them is expected, not {PythonValue.TypeName(value)}");
}

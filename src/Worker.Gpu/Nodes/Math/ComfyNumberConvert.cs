using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A number, a switch or a text as a float and as an integer.</summary>
internal sealed class ComfyNumberConvert : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ComfyNumberConvert", "Number Convert").In("math").Module("comfy_extras.nodes_number_convert")
        .Input("value", "INT,FLOAT,STRING,BOOLEAN", options: o => o.DisplayName("value"))
        .Output("FLOAT")
        .Output("INT");

    protected override NodeResult? Run(NodeCall call) => call.Value("value") switch
    {
        bool truth => NodeResult.Of(truth ? 1.0 : 0.0, truth ? 1L : 0L),
        long integer => OfInteger(integer),
        BigInteger integer => OfInteger(integer),
        double number => OfFloat(number),
        string text => OfText(PythonString.Strip(text)),
        var other => throw NodeFailedException.TypeError($"value: cannot convert '{PythonValue.TypeName(other)}' to a number"),
    };

    private static NodeResult OfInteger(BigInteger integer) => NodeResult.Of(PythonNumber.ToFloat(integer), PythonValue.Integer(integer));

    private static NodeResult OfFloat(double number) => double.IsFinite(number)
        ? NodeResult.Of(number, PythonValue.Integer(PythonNumber.ToInteger(number)))
        : throw NodeFailedException.ValueError($"value: {PythonValue.Str(number)} is not finite");

    private static NodeResult OfText(string text)
    {
        if (text.Length == 0) throw NodeFailedException.ValueError("value: an empty text is no number");
        if (PythonNumber.TryParseInteger(text, out var integer)) return OfInteger(integer);
        return PythonNumber.TryParseFloat(text, out var number)
            ? OfFloat(number)
            : throw NodeFailedException.ValueError($"value: {PythonValue.Repr(text)} is no number");
    }
}

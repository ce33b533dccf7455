using Farm.Engine.Models.Gligen;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Puts a text into a box.</summary>
internal sealed class GLIGENTextBoxApply : TensorNode
{
    private const int PixelsPerCell = 8;

    protected override void Define(NodeBuilder node) => node
        .V1().Named("GLIGENTextBoxApply", "GLIGENTextBoxApply").In("conditioning/gligen").Module("nodes")
        .Input("conditioning_to", "CONDITIONING")
        .Input("clip", "CLIP")
        .Input("gligen_textbox_model", "GLIGEN")
        .String("text", multiline: true, dynamicPrompts: true)
        .Int("width", 64, 8, 16384, 8)
        .Int("height", 64, 8, 16384, 8)
        .Int("x", 0, 0, 16384, 8)
        .Int("y", 0, 0, 16384, 8)
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call)
    {
        var summary = CLIPTextEncode.Clip(call).Encode(call.Get<string>("text")).Summary;
        var text = new GroundedText(summary, Cells(call, "height"), Cells(call, "width"), Cells(call, "y"), Cells(call, "x"));
        var gligen = call.Get<Gligen>("gligen_textbox_model");
        return NodeResult.Of(new Conditioning([.. call.Get<Conditioning>("conditioning_to").Items.Select(item => item.With((TextBoxes.Option, TextBoxes.Of(item, gligen).With(text))))]));
    }

    private static long Cells(NodeCall call, string name) => call.Get<long>(name) / PixelsPerCell;
}

using Farm.Nodes;

namespace Studio.Pack;

/// <summary>A text, several times.</summary>
public sealed class RepeatText : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StudioRepeatText", "Repeat Text").In("studio/text").Describe("Repeats a text.")
        .String("text", multiline: true)
        .Int("times", @default: 2, min: 1, max: 100)
        .OptionalInputs()
        .Combo("joined_by", ["space", "line"])
        .Output("STRING", "repeated");

    protected override NodeResult Run(NodeCall call)
    {
        var separator = call.Get("joined_by", "space") == "line" ? "\n" : " ";
        return NodeResult.Of(string.Join(separator, Enumerable.Repeat(call.Get<string>("text"), call.Get<int>("times"))));
    }
}

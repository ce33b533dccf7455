using System.Globalization;
using System.Text;

namespace Farm.StressPack;

/// <summary>Saves a number beside a text of the prompt's own, in a numbered file that all prompts count on.</summary>
public sealed class StressSave : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .Named("StressSave").In("stress")
        .Input("value", "INT")
        .String("text")
        .OutputNode();

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{call.Get<string>("text")} {call.Get<long>("value")}");
        var file = call.Context.Files.WriteNext(NodeFolder.Output, "", "stress", ".txt", stream => stream.Write(Encoding.UTF8.GetBytes(content)));
        return NodeResult.WithUi(new UiOutput().AddImages(file));
    }
}

using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

public class DrawBBoxesTests
{
    /// <summary>Recorded from ComfyUI 0.19.3: a cat's box and one without a label. Its text is in a face that another machine need not have.</summary>
    [Fact]
    public void Run_LabelledBox_OutlineHasTheColourOfItsClass()
    {
        var recorded = Recorded.Cases.Single(c => (string?)c["id"] == "667-DrawBBoxes");
        var expected = Recorded.Outputs["667-DrawBBoxes.0"];
        var call = new NodeCall(new TestNodeContext(), ["bboxes", "image"], [CaseValues.Read(recorded["inputs"]!["bboxes"]), Recorded.Inputs["imgA"]]);

        var actual = Assert.IsType<Tensor>(new DrawBBoxes().Invoke(call)!.Values[0], exactMatch: false);

        // The cat's box spans columns 5 to 25 and rows 6 to 18; its text begins two pixels inside, on the outline of its left and upper side.
        foreach (var (rows, columns) in new[] { (TensorIndex.Slice(16, 19), TensorIndex.Slice(5, 26)), (TensorIndex.Slice(6, 8), TensorIndex.Slice(5, 26)), (TensorIndex.Slice(6, 19), TensorIndex.Slice(5, 7)) })
        {
            var off = (expected[0, rows, columns] - actual[0, rows, columns]).abs().max().item<float>();
            Assert.Equal(0, off, 1e-5f);
        }
    }
}

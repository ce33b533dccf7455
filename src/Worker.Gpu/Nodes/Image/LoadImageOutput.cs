using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>An image that an earlier prompt put out, with its transparency as a mask. Names end in <c>[output]</c>.</summary>
internal sealed class LoadImageOutput : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoadImageOutput", "Load Image (from Outputs)").In("image").Module("nodes")
        .Describe("Loads an image from the output folder; the list can be refreshed and then begins with the newest.")
        .Experimental().More("essentials_category", "Basics")
        .Input("image", "COMBO", o => o
            .Set("image_upload", true)
            .Set("image_folder", "output")
            .Set("remote", new OrderedDictionary<string, object?>
            {
                ["route"] = "/internal/files/output",
                ["refresh_button"] = true,
                ["control_after_refresh"] = "first",
            }))
        .Output("IMAGE")
        .Output("MASK");

    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        await call.Context.Files.HashAsync(call.Get<string>("image"), cancel: cancel);

    protected override NodeResult Compute(NodeCall call) => LoadImage.Read(call, call.Get<string>("image"));
}

using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A picture from the user's camera, which the frontend uploads before it submits the prompt.</summary>
internal sealed class WebcamCapture : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("WebcamCapture", "Webcam Capture").In("image").Module("comfy_extras.nodes_webcam")
        .More("essentials_category", "Basics")
        .Input("image", "WEBCAM", o => o.Tooltip("The picture."))
        .Int("width", 0, 0, 16384, 1)
        .Int("height", 0, 0, 16384, 1)
        .Boolean("capture_on_queue", true)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(LoadImage.Read(call, call.Get<string>("image")).Values[0]);
}

using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A control network with its picture as a conditioning holds it.</summary>
/// <param name="Control">In the engine's terms.</param>
/// <param name="Picture">The picture, which the control looks at.</param>
/// <param name="Previous">What acts together with it; null for nothing.</param>
internal sealed record AppliedControl(IControl Control, Tensor Picture, AppliedControl? Previous) : IValueParts
{
    /// <summary>The option that says that the other side is controlled too.</summary>
    public const string OnBothSides = "control_apply_to_uncond";

    /// <inheritdoc />
    public IEnumerable<object?> Parts => [Picture, Previous];

    /// <summary>The conditionings with the call's control; items that had the same control before have one object now, so that their passes are shared.</summary>
    public static Conditioning[] To(IEnumerable<Conditioning> conditionings, NodeCall call, double startPercent, double endPercent)
    {
        var net = call.Get<Farm.Engine.Models.Control.ControlNet>("control_net");
        var (picture, strength) = (call.Get<Tensor>("image"), call.Get<float>("strength"));
        var made = new List<AppliedControl>();
        return [.. conditionings.Select(conditioning => new Conditioning([.. conditioning.Items.Select(Controlled)]))];

        ConditioningItem Controlled(ConditioningItem item)
        {
            var previous = item.Options.GetValueOrDefault(ConditioningItem.Control) as AppliedControl;
            var control = made.Find(known => ReferenceEquals(known.Previous, previous));
            if (control is null) made.Add(control = new AppliedControl(net.With(picture, strength, startPercent, endPercent, previous?.Control), picture, previous));
            return item.With((ConditioningItem.Control, control), (OnBothSides, false));
        }
    }
}

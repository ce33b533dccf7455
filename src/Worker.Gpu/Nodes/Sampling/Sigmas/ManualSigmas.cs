using Farm.Nodes;
using System.Globalization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels as typed: all numbers of a text.</summary>
internal sealed partial class ManualSigmas : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ManualSigmas").In("_for_testing/custom_sampling").Module("comfy_extras.nodes_custom_sampler")
        .Experimental()
        .String("sigmas", "1, 0.5")
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call)
    {
        var numbers = Numbers().Matches(call.Get<string>("sigmas")).Select(match => float.Parse(match.Value, CultureInfo.InvariantCulture));
        return NodeResult.Of(tensor(numbers.ToArray()));
    }

    [GeneratedRegex(@"[-+]?(?:\d*\.)?\d+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}

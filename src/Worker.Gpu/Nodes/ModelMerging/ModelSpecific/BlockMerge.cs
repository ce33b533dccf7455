using Farm.Engine.Merging;
using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two models' weights mixed, with a ratio for each part of a network. An input is named as the weights of its part begin.</summary>
internal abstract class BlockMerge : Node
{
    /// <summary>The class's name.</summary>
    protected abstract string Name { get; }

    /// <summary>The parts, in the network's order.</summary>
    protected abstract IEnumerable<string> Parts { get; }

    /// <inheritdoc />
    protected sealed override void Define(NodeBuilder node)
    {
        node.V1().Named(Name, Name).In("advanced/model_merging/model_specific").Module("comfy_extras.nodes_model_merging_model_specific")
            .Input("model1", "MODEL")
            .Input("model2", "MODEL");
        foreach (var part in Parts) node.Float(part, 1.0, 0.0, 1.0, 0.01);
        node.Output("MODEL");
    }

    /// <inheritdoc />
    protected sealed override NodeResult? Run(NodeCall call) => NodeResult.Of(
        call.Get<DiffusionModel>("model1").Merge(call.Get<DiffusionModel>("model2"), [.. Parts.Select(part => (part, call.Get<float>(part)))]));

    /// <summary>The parts <c>name0</c>, <c>name1</c>, …</summary>
    protected static IEnumerable<string> Numbered(string name, int count, string end = ".") => Enumerable.Range(0, count).Select(i => $"{name}{i}{end}");
}

using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Text;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>
/// Merging nodes weight by weight by their formulas: A + B; m·A − m·B; and block by block r·A + (1 − r)·B with the ratio of the longest input name that begins the
/// weight's name, or of the first input where none does.
/// </summary>
public sealed class MergeNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private static readonly string[] Weights =
    [
        "time_embed.0.weight", "input_blocks.0.0.weight", "input_blocks.1.0.in_layers.2.bias", "input_blocks.2.0.op.bias", "middle_block.1.norm.weight",
        "middle_block.2.out_layers.3.bias", "output_blocks.0.0.in_layers.0.weight", "output_blocks.3.0.in_layers.0.weight", "out.2.weight",
    ];

    private static readonly string[] TextWeights = ["embeddings.position_embedding.weight", "encoder.layers.3.self_attn.q_proj.bias", "final_layer_norm.weight"];

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> BlockMerges => [.. RecordedCasesTests.Nodes.Where(node => node.Value.Create() is BlockMerge).Select(node => node.Key)];

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ModelMergeAdd_IsTheSum() =>
        Check((DiffusionModel)nodes.Invoke("ModelMergeAdd", ("model1", nodes.Model), ("model2", nodes.OtherModel))[0]!, (a, b, _) => a + b);

    [Fact]
    public void ModelMergeSubtract_IsTheDifferenceTimesTheFactor() => Check(
        (DiffusionModel)nodes.Invoke("ModelMergeSubtract", ("model1", nodes.Model), ("model2", nodes.OtherModel), ("multiplier", 0.7))[0]!, (a, b, _) => a * 0.7 - b * 0.7);

    /// <summary>A merge is part of the model that goes into the next: (A − B) + B = A.</summary>
    [Fact]
    public void ModelMergeAdd_OfADifference_GivesTheModelBack()
    {
        var difference = nodes.Invoke("ModelMergeSubtract", ("model1", nodes.Model), ("model2", nodes.OtherModel), ("multiplier", 1.0))[0];

        Check((DiffusionModel)nodes.Invoke("ModelMergeAdd", ("model1", nodes.OtherModel), ("model2", difference))[0]!, (a, _, _) => a);
    }

    [Fact]
    public void ClipMerges_AreSumAndDifference()
    {
        var sum = (ITextEncoder)nodes.Invoke("CLIPMergeAdd", ("clip1", nodes.Clip), ("clip2", nodes.OtherClip))[0]!;
        var difference = (ITextEncoder)nodes.Invoke("CLIPMergeSubtract", ("clip1", nodes.Clip), ("clip2", nodes.OtherClip), ("multiplier", -0.5))[0]!;

        foreach (var name in TextWeights)
        {
            var (a, b) = (Weight(nodes.Clip.Parts[0], name), Weight(nodes.OtherClip.Parts[0], name));
            Assert.InRange(ModelNodes.Error(Weight(sum.Parts[0], name), a + b), 0, 1e-6);
            Assert.InRange(ModelNodes.Error(Weight(difference.Parts[0], name), a * -0.5 - b * -0.5), 0, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(BlockMerges))]
    public void BlockMerge_OfARatioEach_TakesTheLongestNameThatFits(string classType)
    {
        var parts = RecordedCasesTests.Nodes[classType].Definition.Required.Select(input => input.Name).Where(name => name is not ("model1" or "model2")).ToArray();
        var ratios = parts.Select((part, i) => (Part: part, Ratio: (i + 1.0) / (parts.Length + 1))).ToArray();

        var merged = (DiffusionModel)nodes.Invoke(classType, [("model1", nodes.Model), ("model2", nodes.OtherModel), .. ratios.Select(item => (item.Part, (object?)item.Ratio))])[0]!;

        Check(merged, (a, b, name) =>
        {
            var ratio = ratios.Where(item => name.StartsWith(item.Part, StringComparison.Ordinal)).OrderBy(item => item.Part.Length).Select(item => item.Ratio).DefaultIfEmpty(ratios[0].Ratio).Last();
            return a * ratio + b * (1 - ratio);
        });
    }

    private void Check(DiffusionModel merged, Func<Tensor, Tensor, string, Tensor> formula)
    {
        foreach (var name in Weights)
            Assert.InRange(ModelNodes.Error(Weight(merged.Part, name), formula(Weight(nodes.Model.Part, name), Weight(nodes.OtherModel.Part, name), name)), 0, 1e-5);
    }

    private Tensor Weight(NetworkPartView part, string name)
    {
        var weight = part.Patches.Apply(name, part.Stored.Open(name), CPU, ScalarType.Float32);
        _scope.Attach(weight);
        return weight;
    }
}

using Farm.Contracts.Catalog;
using Xunit;

namespace Farm.Nodes.Sdk.Tests;

/// <summary>Definitions as ComfyUI 0.19.3 lists them (recorded /object_info).</summary>
public sealed class NodeBuilderTests
{
    private static NodeDefinition Build(Action<NodeBuilder> define) => new Defined(define).BuildDefinition();

    private static string? Options(Action<NodeBuilder> define) => Build(define).Required[0].Options;

    [Fact]
    public void Int_OfKSampler_PrintsAsRecorded() => Assert.Equal(
        """{"default": 0, "min": 0, "max": 18446744073709551615, "control_after_generate": true}""",
        Options(n => n.V1().Int("seed", 0, 0, ulong.MaxValue, controlAfterGenerate: true)));

    [Fact]
    public void Float_OfKSampler_PrintsAsRecorded() => Assert.Equal(
        """{"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1, "round": 0.01}""",
        Options(n => n.V1().Float("cfg", 8, 0, 100, step: 0.1, round: 0.01)));

    [Fact]
    public void Rule21_3_SchemaNode_PrintsItsCommonMembersFirst() => Assert.Equal(
        """{"tooltip": "help", "advanced": true, "default": 1, "min": 1}""",
        Options(n => n.Int("n", 1, 1, options: o => o.Advanced().Tooltip("help"))));

    [Fact]
    public void Input_WithoutOptions_HasNoObject() => Assert.Null(Options(n => n.V1().Input("image", "IMAGE")));

    [Fact]
    public void Rule21_3_String_SaysMultiline_AlwaysInASchema()
    {
        Assert.Equal("""{"default": "x"}""", Options(n => n.V1().String("s", "x")));
        Assert.Equal("""{"default": "x", "multiline": false}""", Options(n => n.String("s", "x")));
    }

    [Fact]
    public void Rule21_5_Combo_IsAListInV1_AndOptionsInASchema()
    {
        var old = Build(n => n.V1().Combo("crop", ["disabled", "center"])).Required[0];
        Assert.Equal(("COMBO", """["disabled", "center"]"""), (old.Type, old.Choices));
        var schema = Build(n => n.Combo("crop", ["disabled", "center"])).Required[0];
        Assert.Equal(("COMBO", null, """{"multiselect": false, "options": ["disabled", "center"]}"""), (schema.Type, schema.Choices, schema.Options));
    }

    [Fact]
    public void Rule21_4_MatchTypes_NameTheirTemplate()
    {
        var built = Build(n => n.MatchInput("value", "t", "IMAGE,MASK").MatchOutput("t"));
        Assert.Equal("COMFY_MATCHTYPE_V3", built.Required[0].Type);
        Assert.Equal("""{"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}""", built.Required[0].Options);
        Assert.Equal(("MATCHTYPE", "COMFY_MATCHTYPE_V3", "t"), (built.Outputs[0].Name, built.Outputs[0].Type, built.Outputs[0].MatchTemplate));
    }

    [Fact]
    public void Rule21_5_DynamicInputs_CarryTheirParts()
    {
        Assert.Equal(
            """{"options": [{"key": "one", "inputs": {"required": {"x": ["INT", {"default": 1}]}}}, {"key": "none", "inputs": {"required": {}}}]}""",
            Options(n => n.DynamicCombo("dc", [("one", i => i.Int("x", 1)), ("none", _ => { })])));
        Assert.Equal(
            """{"template": {"input": {"required": {"image": ["IMAGE", {}]}}, "prefix": "image", "min": 2, "max": 50}}""",
            Options(n => n.Autogrow("images", e => e.Input("image", "IMAGE"), "image", 2, 50)));
        Assert.Equal(
            """{"template": {"input": {"required": {"v": ["*", {}]}}, "names": ["a", "b"], "min": 1}}""",
            Options(n => n.Autogrow("values", e => e.Input("v", "*"), ["a", "b"])));
    }

    [Fact]
    public void Rule21_6_OutputWithoutAName_IsNamedAfterItsType()
    {
        var built = Build(n => n.Output("IMAGE").Output("MASK", "alpha"));
        Assert.Equal(["IMAGE", "alpha"], built.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void FileCombo_NamesItsFolder()
    {
        var files = Build(n => n.V1().FileCombo("image", "input", ["image"], mustExist: true)).Required[0].Files;
        Assert.NotNull(files);
        Assert.Equal(("input", true), (files.Folder, files.MustExist));
        Assert.Equal(["image"], files.MediaTypes);
    }

    [Fact]
    public void OptionalInputs_ComeAfterTheSwitch()
    {
        var built = Build(n => n.Input("a", "IMAGE").OptionalInputs().Input("b", "MASK"));
        Assert.Equal("a", Assert.Single(built.Required).Name);
        Assert.Equal("b", Assert.Single(built.Optional).Name);
    }

    [Fact]
    public void Traits_FollowFromTheClass()
    {
        var built = new Everything().BuildDefinition();
        Assert.Equal(NodeTraits.Async | NodeTraits.Fingerprint | NodeTraits.LazyCheck | NodeTraits.ValidatesTypes | NodeTraits.OutputNode, built.Traits);
        Assert.Equal(["a", "input_types"], built.ValidatedInputs!.Value);
        Assert.Equal("""{"search_aliases": ["x"]}""", built.More);
    }

    private sealed class Defined(Action<NodeBuilder> define) : Node
    {
        protected override void Define(NodeBuilder node) => define(node);

        protected override NodeResult Run(NodeCall call) => NodeResult.Of();
    }

    private sealed class Everything : AsyncNode, IFingerprintedNode, ILazyNode, IValidatedNode
    {
        public System.Collections.Immutable.ImmutableArray<string> ValidatedInputs => ["a", "input_types"];

        protected override void Define(NodeBuilder node) => node.OutputNode().More("search_aliases", new[] { "x" });

        public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) => new((object?)null);

        public ValueTask<IReadOnlyList<string>> NeededInputsAsync(NodeCall call, CancellationToken cancel) => new([]);

        public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) => new(InputVerdict.Valid);

        protected override ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel) => new(NodeResult.Of());
    }
}

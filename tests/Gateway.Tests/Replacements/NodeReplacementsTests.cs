using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Replacements;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Tests.Validation;
using Xunit;

namespace Farm.Gateway.Tests.Replacements;

/// <summary>Nodes of classes that were renamed or joined (execution semantics, 4).</summary>
public class NodeReplacementsTests
{
    private const string Table = """
        {"Old": [
          {"new_node_id": "SolidMask", "old_node_id": "Old", "old_widget_ids": null,
           "input_mapping": [{"new_id": "value", "set_value": 0.5}, {"new_id": "width", "old_id": "size"}],
           "output_mapping": [{"old_idx": 0, "new_idx": 1}, {"old_idx": 1, "new_idx": 0}]},
          {"new_node_id": "EmptyImage", "old_node_id": "Old", "old_widget_ids": null, "input_mapping": null, "output_mapping": null}],
         "Renamed": [{"new_node_id": "Anything", "old_node_id": "Renamed", "old_widget_ids": null, "input_mapping": null, "output_mapping": null}],
         "Gone": [{"new_node_id": "NotHereEither", "old_node_id": "Gone", "old_widget_ids": null, "input_mapping": null, "output_mapping": null}],
         "Anything": [{"new_node_id": "SolidMask", "old_node_id": "Anything", "old_widget_ids": null, "input_mapping": null, "output_mapping": null}]}
        """;

    [Fact]
    public async Task Rule4_1_Table_IsListedWithEveryMember()
    {
        await using var host = await GatewayHost.StartAsync();

        using var table = JsonDocument.Parse(await host.Client.GetStringAsync("/node_replacements"));

        Assert.All(table.RootElement.EnumerateObject(), old => Assert.All(old.Value.EnumerateArray(), entry => Assert.Equal(
            ["new_node_id", "old_node_id", "old_widget_ids", "input_mapping", "output_mapping"], entry.EnumerateObject().Select(m => m.Name))));
        Assert.Equal(JsonValueKind.Null, table.RootElement.GetProperty("T2IAdapterLoader")[0].GetProperty("output_mapping").ValueKind);
    }

    [Fact]
    public void Rule4_1_OfSeveralReplacements_TheFirstCounts() =>
        Assert.StartsWith(
            """{"1":{"class_type":"SolidMask",""",
            Apply("""{"1": {"class_type": "Old", "inputs": {"size": 8}, "_meta": {}}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"1":{"class_type":"Anything","inputs":{"value":1}}}""")]
    [InlineData("""{"1":{"class_type":"Gone","inputs":{"value":1}}}""")]
    [InlineData("""{"1":{"class_type":"NeverHeardOf","inputs":{"value":1}}}""")]
    [InlineData("""{"1":{"inputs":{"value":1}}}""")]
    [InlineData("""{"1":{"class_type":"Old"}}""")]
    public void Rule4_2_KnownClassOrUnknownReplacement_IsLeftAlone(string prompt) => Assert.Equal(prompt, Apply(prompt));

    [Fact]
    public void Rule4_3_NewNode_HasTheMappedInputsOnly()
    {
        Assert.Equal(
            """{"1":{"class_type":"SolidMask","inputs":{"value":0.5,"width":8},"_meta":{}}}""",
            Apply("""{"1": {"class_type": "Old", "inputs": {"other": 3, "size": 8}, "_meta": {}}}"""));
        Assert.Equal(
            """{"1":{"class_type":"Anything","inputs":{},"_meta":{}}}""",
            Apply("""{"1": {"class_type": "Renamed", "inputs": {"value": 3}, "_meta": {}}}"""));
    }

    // A 500 in ComfyUI.
    [Fact]
    public void Rule4_3_MissingOldInput_IsRefusedByName() =>
        Assert.Contains("prompt.1.inputs.size", Refusal("""{"1": {"class_type": "Old", "inputs": {}, "_meta": {}}}"""), StringComparison.Ordinal);

    [Fact]
    public void Rule4_4_LinksToTheOldNode_MoveByTheirOriginalSlot() =>
        Assert.Contains(
            """},"2":{"class_type":"Anything","inputs":{"value":["1",1],"b":["1",0],"c":["1",2],"d":["3",0]}}""",
            Apply("""
                {"1": {"class_type": "Old", "inputs": {"size": 8}, "_meta": {}},
                 "2": {"class_type": "Anything", "inputs": {"value": ["1", 0], "b": ["1", 1], "c": ["1", 2], "d": ["3", 0]}}}
                """).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);

    // A 500 in ComfyUI.
    [Fact]
    public void Rule4_5_ReplacedNodeWithoutMeta_IsRefusedByName() =>
        Assert.Contains("prompt.1._meta", Refusal("""{"1": {"class_type": "Old", "inputs": {"size": 8}}}"""), StringComparison.Ordinal);

    private static string Apply(string prompt)
    {
        var graph = Checker.Graph(prompt);
        var replacements = new NodeReplacements { Table = JsonText.Value(Table) };
        replacements.Apply(graph, new NodeCatalog(new CatalogSnapshot(1, [.. Definitions.All])));
        return graph.ToJson();
    }

    private static string Refusal(string prompt) => Assert.Throws<RequestRefusedException>(() => Apply(prompt)).ToString();
}

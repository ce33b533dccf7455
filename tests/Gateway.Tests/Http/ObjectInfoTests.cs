using System.Net.Http.Json;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Http;

/// <summary>Entries as ComfyUI 0.19.3 lists them, members in its order, texts left out.</summary>
public class ObjectInfoTests
{
    [Theory]
    [Trait("Rule", "21.2")]
    [InlineData("ImageInvert", """{"ImageInvert":{"input":{"required":{"image":["IMAGE"]}},"input_order":{"required":["image"]},"is_input_list":false,"output":["IMAGE"],"output_is_list":[false],"output_name":["IMAGE"],"name":"ImageInvert","display_name":"Invert Image","description":"","python_module":"nodes","category":"image","output_node":false,"has_intermediate_output":false,"search_aliases":[],"essentials_category":"Image Tools"}}""")]
    [InlineData("SaveImage", """{"SaveImage":{"input":{"required":{"images":["IMAGE",{}],"filename_prefix":["STRING",{"default": "ComfyUI"}]},"hidden":{"prompt":"PROMPT","extra_pnginfo":"EXTRA_PNGINFO"}},"input_order":{"required":["images","filename_prefix"],"hidden":["prompt","extra_pnginfo"]},"is_input_list":false,"output":[],"output_is_list":[],"output_name":[],"name":"SaveImage","display_name":"SaveImage","description":"","python_module":"nodes","category":"image","output_node":true,"has_intermediate_output":false,"search_aliases":[]}}""")]
    [InlineData("MaskPreview", """{"MaskPreview":{"input":{"required":{"mask":["MASK",{}]}},"input_order":{"required":["mask"]},"is_input_list":false,"output":[],"output_is_list":[],"output_name":[],"output_tooltips":[],"output_matchtypes":null,"name":"MaskPreview","display_name":null,"description":"","python_module":"nodes","category":"image","output_node":true,"deprecated":false,"experimental":false,"dev_only":false,"api_node":false,"price_badge":null,"search_aliases":null,"essentials_category":null,"has_intermediate_output":false}}""")]
    [InlineData("NoSuchNode", "{}")]
    [InlineData("saveimage", "{}")]
    public async Task Rule21_1_Entry_OfAClass_IsWrittenAsRecorded(string name, string expected)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(expected, await host.Client.GetStringAsync($"/object_info/{name}"));
    }

    [Fact]
    public async Task Rule21_2_SchemaNode_HasMembersOfItsOwn_AnOlderOneThoseThatItSets()
    {
        await using var host = await GatewayHost.StartAsync();

        var all = await host.Client.GetFromJsonAsync<JsonElement>("/object_info");

        Assert.Equal(
            ["api_node", "deprecated", "dev_only", "essentials_category", "experimental", "output_matchtypes", "output_tooltips", "price_badge"],
            Members("MaskPreview").Except(Members("SaveImage")).Order(StringComparer.Ordinal));
        Assert.Equal(["essentials_category"], Members("ImageInvert").Except(Members("SaveImage")));
        Assert.Empty(Members("SaveImage").Except(Members("MaskPreview")));
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Array, "SaveImage"),
            (all.GetProperty("MaskPreview").GetProperty("search_aliases").ValueKind, all.GetProperty("MaskPreview").GetProperty("display_name").ValueKind,
                all.GetProperty("SaveImage").GetProperty("search_aliases").ValueKind, all.GetProperty("SaveImage").GetProperty("display_name").GetString()));

        IEnumerable<string> Members(string name) => all.GetProperty(name).EnumerateObject().Select(member => member.Name);
    }
}

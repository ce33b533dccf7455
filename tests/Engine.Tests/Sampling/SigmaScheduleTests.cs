using System.Globalization;
using System.Text.Json;
using Farm.Engine.Sampling;
using Xunit;

namespace Farm.Engine.Tests.Sampling;

public sealed class SigmaScheduleTests
{
    private const double Tolerance = 1e-5;
    private static readonly string[] Files = ["sd15-sigmas.json", "sdxl-sigmas.json"];
    private static readonly Dictionary<string, JsonElement> Recorded = Files.ToDictionary(file => file, file => JsonDocument.Parse(File.ReadAllText(Golden.PathOf(file))
        .Replace("NaN", "\"NaN\"", StringComparison.Ordinal)).RootElement);

    private static readonly DiscreteSigmas Table = new();

    public static TheoryData<string, string> Schedules =>
        [.. Files.SelectMany(file => Recorded[file].EnumerateObject().Where(entry => entry.Name.Contains('/')).Select(entry => (file, entry.Name)))];

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Schedule_OfSteps_GivesTheRecordedLevels(string file, string name)
    {
        string[] parts = name.Split('/');
        float[] expected = [.. Recorded[file].GetProperty(name).EnumerateArray().Select(Number)];

        float[] actual = SigmaScheduleRegistry.Get(parts[0])(Table, int.Parse(parts[1], CultureInfo.InvariantCulture));

        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            if (float.IsNaN(expected[i])) Assert.True(float.IsNaN(actual[i]));
            else Assert.InRange(actual[i], expected[i] - Tolerance, expected[i] + Tolerance);
    }

    [Theory]
    [InlineData("sd15-sigmas.json")]
    [InlineData("sdxl-sigmas.json")]
    public void Table_OfStableDiffusion_HasTheRecordedEndsAndMaps(string file)
    {
        var recorded = Recorded[file];
        var ends = recorded.GetProperty("discrete_sigma_min_max");
        Assert.Equal(Number(ends[0]), Table.SigmaMin, Tolerance);
        Assert.Equal(Number(ends[1]), Table.SigmaMax, Tolerance);
        foreach (var entry in recorded.GetProperty("timestep_of_sigma").EnumerateObject())
            Assert.Equal(Number(entry.Value), Table.Timestep(Key(entry)));
        foreach (var entry in recorded.GetProperty("sigma_of_timestep").EnumerateObject())
            Assert.Equal(Number(entry.Value), Table.Sigma(Key(entry)), Tolerance);
    }

    [Fact]
    public void Registry_HasComfyUisNamesInItsOrder() => Assert.Equal(
        ["simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "linear_quadratic", "kl_optimal"],
        SigmaScheduleRegistry.Names);

    [Fact]
    public void Registry_UnknownName_ListsTheKnown()
    {
        var error = Assert.Throws<ArgumentException>(() => SigmaScheduleRegistry.Get("karas"));

        Assert.Contains("karas", error.Message, StringComparison.Ordinal);
        Assert.Contains("kl_optimal", error.Message, StringComparison.Ordinal);
    }

    private static float Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? float.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetSingle();

    private static float Key(JsonProperty entry) => float.Parse(entry.Name, CultureInfo.InvariantCulture);
}

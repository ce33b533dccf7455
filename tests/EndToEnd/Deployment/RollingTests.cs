using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Deployment;

/// <summary>
/// The stress tool's <c>rolling</c>: gateways, control silos and workers are replaced while clients submit through a balancer.
/// The tool holds every answer and the database against what clients were promised.
/// </summary>
public sealed class RollingTests
{
    [Fact]
    public Task EveryProcess_ReplacedUnderLoad_LosesNothingAndFailsNoRequest() => StressTool.RunAsync(atLeast: 500, "rolling", "--prompts", "40", "--each", "1");

    [Fact(Explicit = true)]
    public Task EveryOneOfTwo_ReplacedUnder200Prompts_LosesNothingAndFailsNoRequest() => StressTool.RunAsync(atLeast: 3_000, "rolling");
}

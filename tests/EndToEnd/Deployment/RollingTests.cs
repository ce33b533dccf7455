using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Deployment;

/// <summary>
/// The short form of the stress tool's <c>rolling</c>: a gateway, a control silo and a worker are replaced while clients submit through a balancer.
/// The tool holds every answer and the database against what clients were promised.
/// </summary>
public sealed class RollingTests
{
    [Fact]
    public Task EveryProcess_ReplacedUnderLoad_LosesNothingAndFailsNoRequest() => StressTool.RunAsync("rolling", "--prompts", "40", "--each", "1");
}

using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Deployment;

/// <summary>Short forms of the stress tool's scenarios of harm: processes are killed or stand still, servers go away, connections are cut while clients submit.</summary>
public sealed class ChaosTests
{
    [Fact]
    public Task AnyProcess_KilledUnderLoad_EndsEveryPromptOnceInOrderAndTellsItsClient() =>
        StressTool.RunAsync(atLeast: 3_500, "chaos", "--small", "--minutes", "0.4", "--every", "4", "--prompts", "240", "--batch", "20");

    [Fact(Explicit = true)]
    public Task Worker_KilledOrDrained_ItsPromptStartsElsewhereSoonOrLosesNoStep() => StressTool.RunAsync(atLeast: 150, "failover", "--rounds", "1");

    [Fact(Explicit = true)]
    public Task RedisThenTheDatabase_Away_AllIsRightInTheEnd() => StressTool.RunAsync(atLeast: 120, "outage", "--seconds", "8");

    [Fact(Explicit = true)]
    public Task Worker_KilledWhileItDraws_ImagesEqualThoseOfAnUndisturbedRun() => StressTool.RunAsync(atLeast: 100, "render", "--prompts", "6", "--kills", "2");
}

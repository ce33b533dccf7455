using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Deployment;

/// <summary>The short form of the stress tool's <c>chaos</c>: every few seconds a gateway, control silo or worker is killed or stands still while clients submit.</summary>
public sealed class ChaosTests
{
    [Fact]
    public Task AnyProcess_KilledUnderLoad_EndsEveryPromptOnceInOrderAndTellsItsClient() =>
        StressTool.RunAsync("chaos", "--small", "--minutes", "0.4", "--every", "4", "--prompts", "240");
}

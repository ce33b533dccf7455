using Farm.Contracts.Prompts;
using Farm.Gateway.WebSockets;
using Xunit;

namespace Farm.Gateway.Tests.WebSockets;

/// <summary>A socket hears the end of a prompt once.</summary>
public sealed class EndedPromptsTests
{
    private static readonly RunEvent[] End = [new ExecutionSuccess(1), new NodeExecuting(null, null)];

    [Fact]
    public void End_ToldAgain_IsRepeated()
    {
        var ended = new EndedPrompts();

        Assert.Equal([false, false, true, true], End.Concat(End).Select(happened => ended.IsRepeated("p", happened)));
        Assert.False(ended.IsRepeated("other", End[0]));
        Assert.False(ended.IsRepeated(null, new NodeExecuting(null, null)));
    }

    [Fact]
    public void End_OfANewRunOfTheSameId_IsNot()
    {
        var ended = new EndedPrompts();
        foreach (var happened in End)
            ended.IsRepeated("p", happened);

        RunEvent[] again = [new ExecutionStart(2), new NodeExecuting("1", "1"), .. End];

        Assert.All(again, happened => Assert.False(ended.IsRepeated("p", happened)));
    }
}

using Farm.Contracts.Workers;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Packs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Packs;

/// <summary>Validators by code (execution semantics, 5.9 to 5.11), as a gateway asks for them.</summary>
public sealed class NodeCheckerTests
{
    [Theory]
    [InlineData("TestCustomValidation1", """{"input1": 5.0, "input2": null}""", null)]
    [InlineData("TestCustomValidation1", """{"input1": 5, "input2": null}""", "Invalid type of input1: <class 'int'>")]
    [InlineData("TestCustomValidation1", """{"input1": null, "input2": "foo"}""", "Invalid type of input2: <class 'str'>")]
    [InlineData("TestCustomValidation5", """{"input1": 5.0, "input2": 0.5}""", null)]
    [InlineData("TestCustomValidation5", """{"input1": 0.5, "input2": 7.0}""", "7s are not allowed. I've never liked 7s.")]
    [InlineData("TestAsyncValidation", """{"value": 5.0, "threshold": 10.0}""", null)]
    [InlineData("TestAsyncValidation", """{"value": 5.0, "threshold": 3.0}""", "Value 5.0 exceeds threshold 3.0")]
    [InlineData("TestAsyncValidationError", """{"value": 15.0, "max_value": 10.0}""", "Async validation failed: 15.0 > 10.0")]
    [InlineData("StubInt", """{"value": 5}""", null)]
    public async Task Rule5_9_Check_Literals_GivesTheValidatorsWord(string classType, string arguments, string? reason)
    {
        var result = await Checker().CheckAsync(Check(classType, arguments));

        Assert.Equal(reason is null ? NodeCheckOutcome.Valid : NodeCheckOutcome.Invalid, result.Outcome);
        Assert.Equal(reason, result.Text);
    }

    [Theory]
    [InlineData("TestCustomValidation2", "INT", "StubInt", "Invalid type of input1: INT")]
    [InlineData("TestCustomValidation2", "FLOAT", "StubFloat", null)]
    [InlineData("TestCustomValidation3", "INT", "StubInt", "Invalid type of input1: INT (expected IMAGE,FLOAT)")]
    [InlineData("TestCustomValidation3", "FLOAT", "StubFloat", null)]
    [InlineData("TestCustomValidation3", "IMAGE,FLOAT", "Other", null)]
    [InlineData("TestCustomValidation3", "IMAGE,MASK", "Other", "Invalid type of input1: IMAGE,MASK (expected IMAGE,FLOAT)")]
    [InlineData("TestCustomValidation3", "*", "TestSleep", null)]
    [InlineData("TestCustomValidation3", "INT", "TestForLoopOpen", null)]
    public async Task Rule5_10_Check_LinkTypes_AreTheValidatorsToJudge(string classType, string type, string source, string? reason)
    {
        var check = Check(classType, """{"input1": null}""") with { Links = [new LinkedInput("input1", $"\"{type}\"", source)] };

        var result = await Checker().CheckAsync(check);

        Assert.Equal(reason is null ? NodeCheckOutcome.Valid : NodeCheckOutcome.Invalid, result.Outcome);
        Assert.Equal(reason, result.Text);
    }

    [Fact]
    public async Task Rule5_9_Check_MissingArgument_IsAnException()
    {
        var result = await Checker().CheckAsync(Check("TestCustomValidation4", """{"input1": 1.0}"""));

        Assert.Equal(NodeCheckOutcome.Failed, result.Outcome);
        Assert.Equal("TypeError", result.ExceptionType);
        Assert.Equal("TestCustomValidation4.VALIDATE_INPUTS() missing 1 required positional argument: 'input2'", result.Text);
    }

    [Theory]
    [InlineData("ValidatorThrows", "ValueError", "I do not like this")]
    [InlineData("ValidatorWaits", "TimeoutError", "The validator of ValidatorWaits did not end within 0.3 seconds.")]
    [InlineData("ValidatorAllocates", "MemoryError", null)]
    public async Task Rule5_11_Check_BrokenValidator_FailsAndTheNextOneIsAnswered(string classType, string type, string? text)
    {
        var checker = Checker();

        var result = await checker.CheckAsync(Check(classType, """{"value": 0}"""));

        Assert.Equal(NodeCheckOutcome.Failed, result.Outcome);
        Assert.Equal(type, result.ExceptionType);
        Assert.Equal(text ?? result.Text, result.Text);
        Assert.Equal(NodeCheckOutcome.Valid, (await checker.CheckAsync(Check("TestCustomValidation5", "{}"))).Outcome);
    }

    [Fact]
    public async Task Check_ValidatorThatLoopsForEver_IsCutOffAndItsClassRefusedUntilItEnds()
    {
        AppContext.SetSwitch("Farm.BrokenPack.EndValidators", false);
        var checker = Checker();

        var first = await checker.CheckAsync(Check("ValidatorLoops", """{"value": 0}"""));
        var second = await checker.CheckAsync(Check("ValidatorLoops", """{"value": 1}"""));
        var other = await checker.CheckAsync(Check("TestCustomValidation5", "{}"));
        AppContext.SetSwitch("Farm.BrokenPack.EndValidators", true);
        var third = await checker.CheckAsync(Check("ValidatorLoops", """{"value": 1}"""));
        while (third.Outcome is NodeCheckOutcome.Failed)
            third = await checker.CheckAsync(Check("ValidatorLoops", """{"value": 1}"""));

        Assert.Equal(("TimeoutError", "The validator of ValidatorLoops did not end within 0.3 seconds."), (first.ExceptionType, first.Text));
        Assert.Equal(("TimeoutError", "An earlier check by the validator of ValidatorLoops has not ended yet; it has no more than 0.3 seconds."), (second.ExceptionType, second.Text));
        Assert.Equal(NodeCheckOutcome.Valid, other.Outcome);
        Assert.Equal(NodeCheckOutcome.Valid, third.Outcome);
    }

    [Fact]
    public async Task Check_ClassOfAnotherWorker_IsUnknown() =>
        Assert.Equal(NodeCheckOutcome.UnknownClass, (await Checker().CheckAsync(Check("Elsewhere", "{}"))).Outcome);

    private static NodeCheck Check(string classType, string arguments) => new() { NodeId = "1", ClassType = classType, Arguments = arguments };

    private static NodeChecker Checker() => new(
        Table.Value, new ServiceCollection().BuildServiceProvider(),
        Microsoft.Extensions.Options.Options.Create(new PackOptions { ValidateTimeout = TimeSpan.FromSeconds(0.3) }),
        TimeProvider.System, NullLogger<NodeChecker>.Instance);

    private static readonly Lazy<NodeTable> Table = new(() => new NodeTable([.. PackFolders.TestNodes.Value.Types, .. PackFolders.Broken.Value.Types]));
}

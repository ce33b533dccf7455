using TorchSharp;
using Xunit;

namespace Farm.Engine.Tests;

public sealed class TorchRuntimeTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    [InlineData("cuda")]
    [InlineData("cuda:1")]
    public void Validate_KnownDevice_Passes(string device) => Assert.Empty(new TorchOptions { Device = device }.Validate());

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    public void Validate_UnknownDevice_NamesOptionAndRule(string device) =>
        Assert.Equal([$"Device is '{device}'; it must be auto, cpu, cuda or cuda:N"], new TorchOptions { Device = device }.Validate());

    [Fact]
    public void Configure_BrokenOptions_SaysEach()
    {
        var error = Assert.Throws<ArgumentException>(() => TorchRuntime.Configure(new TorchOptions { Threads = -1, ModelBudgetBytes = -5, AttentionScoreBytes = 0 }));

        Assert.Contains("Threads is -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("ModelBudgetBytes is -5", error.Message, StringComparison.Ordinal);
        Assert.Contains("AttentionScoreBytes is 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configure_Cpu_SetsThreads()
    {
        Assert.Equal(DeviceType.CPU, TorchRuntime.Configure(new TorchOptions { Threads = 2, Device = "cpu" }).type);

        Assert.Equal(2, torch.get_num_threads());
    }
}

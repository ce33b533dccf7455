using System.Runtime.CompilerServices;

namespace Farm.Engine.Tests;

internal static class TorchSetup
{
    /// <summary>Two threads an operation: test runs share their machine, and more threads than free cores make torch slower by far.</summary>
    [ModuleInitializer]
    internal static void UseTwoThreads() => TorchRuntime.Configure(new TorchOptions { Threads = 2, Device = "cpu" });
}

using System.Runtime.CompilerServices;
using TorchSharp;

namespace Farm.Worker.Gpu.Tests;

/// <summary>Keeps torch to two threads, so that test projects that run side by side do not fight for cores.</summary>
internal static class TorchThreads
{
    [ModuleInitializer]
    internal static void Limit() => torch.set_num_threads(2);
}

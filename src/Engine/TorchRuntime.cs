using System.Globalization;
using System.Runtime.InteropServices;
using Farm.Engine.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Engine;

/// <summary>The one place where torch is set up for the process.</summary>
public static partial class TorchRuntime
{
    private const string Cuda = "cuda";

    /// <summary>What idle threads of OpenMP do; a user's own setting in the environment stays.</summary>
    private const string IdleThreads = "OMP_WAIT_POLICY";

    /// <summary>Version of the libtorch that is loaded, such as 2.10.0.0.</summary>
    public static string Version => __version__;

    /// <summary>Sets the number of threads and returns the device that networks run on.</summary>
    /// <exception cref="ArgumentException">An option breaks its rule.</exception>
    /// <exception cref="InvalidOperationException">The device named is not there.</exception>
    public static Device Configure(TorchOptions options)
    {
        var broken = options.Validate().ToArray();
        if (broken.Length > 0) throw new ArgumentException(string.Join("; ", broken), nameof(options));
        // Threads that spin while they wait take the cores from everything else on the machine: with 20 other busy threads a picture took
        // eight times as long. OpenMP reads this when it is loaded, and .NET keeps its own copy of the environment.
        _ = SetEnvironment(IdleThreads, "PASSIVE", overwrite: 0);
        set_num_threads(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        Attention.MaxScoreBytes = options.AttentionScoreBytes;
        return FindDevice(options.Device);
    }

    /// <summary>
    /// Switches off what only training needs, on the calling thread until disposed. The guard and dispose scopes belong to a thread:
    /// nothing between taking and disposing it may await.
    /// </summary>
    public static IDisposable Inference() => inference_mode();

    internal static bool IsDeviceName(string name) =>
        name is "auto" or "cpu" or Cuda || (name.StartsWith(Cuda + ":", StringComparison.Ordinal) && IndexOf(name) is not null);

    private static Device FindDevice(string name)
    {
        if (name == "cpu" || (name == "auto" && !cuda.is_available())) return CPU;
        if (!cuda.is_available()) throw new InvalidOperationException($"the device '{name}' was asked for, but this libtorch sees no GPU");
        var index = IndexOf(name) ?? 0;
        if (index >= cuda.device_count()) throw new InvalidOperationException($"the device '{name}' was asked for, but there are {cuda.device_count()} GPUs");
        return new Device(DeviceType.CUDA, index);
    }

    private static int? IndexOf(string name) =>
        name.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
        && int.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}

using System.Globalization;

namespace Farm.Gateway.Stats;

/// <summary>Memory of this machine, in bytes.</summary>
/// <param name="Total">All of it.</param>
/// <param name="Free">What programs can still get.</param>
internal readonly record struct MachineMemory(long Total, long Free)
{
    private const string LinuxFile = "/proc/meminfo";

    /// <summary>Reads the kernel's figures; elsewhere than on Linux, the runtime's.</summary>
    public static MachineMemory Read()
    {
        if (!File.Exists(LinuxFile))
        {
            var known = GC.GetGCMemoryInfo();
            return new MachineMemory(known.TotalAvailableMemoryBytes, known.TotalAvailableMemoryBytes - known.MemoryLoadBytes);
        }
        var lines = File.ReadAllLines(LinuxFile);
        return new MachineMemory(Find(lines, "MemTotal:"), Find(lines, "MemAvailable:"));
    }

    private static long Find(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024
            : 0;
}

using System.Runtime.InteropServices;
using System.Text;

namespace Farm.Worker;

/// <summary>A GPU's name and memory, as NVIDIA's management library tells them; the driver brings the library.</summary>
internal static partial class NvidiaMemory
{
    private const string Library = "libnvidia-ml.so.1";
    private const int LongestName = 96;

    /// <summary>The figures of a GPU; null where the library is missing or does not answer.</summary>
    public static (string Name, long Total, long Free)? Read(int index)
    {
        try
        {
            var name = new byte[LongestName];
            if (Init() != 0 || GetHandle((uint)index, out var device) != 0 || GetMemory(device, out var memory) != 0 || GetName(device, name, LongestName) != 0)
                return null;
            return (Encoding.UTF8.GetString(name.AsSpan(0, Math.Max(Array.IndexOf(name, (byte)0), 0))), (long)memory.Total, (long)memory.Free);
        }
        catch (DllNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int GetHandle(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int GetMemory(nint device, out MemoryFigures memory);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetName")]
    private static partial int GetName(nint device, [Out] byte[] name, uint length);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MemoryFigures
    {
        public readonly ulong Total;
        public readonly ulong Free;
        public readonly ulong Used;
    }
}

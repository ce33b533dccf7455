using System.Runtime.InteropServices;

namespace Farm.Engine.Memory;

/// <summary>The C library's heap, in which libtorch keeps tensors of the CPU.</summary>
internal static unsafe class NativeHeap
{
    private static readonly delegate* unmanaged<nuint, int> MallocTrim = Find();

    /// <summary>Gives pages that hold nothing back to the system. glibc keeps them otherwise, most of a model's size; other C libraries are left alone.</summary>
    public static void Trim()
    {
        if (MallocTrim is not null) _ = MallocTrim(0);
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var address)
            ? (delegate* unmanaged<nuint, int>)address
            : null;
}

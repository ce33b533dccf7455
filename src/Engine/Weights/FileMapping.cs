using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>
/// A file mapped read-only, over which tensors are laid without copying. Each tensor holds a reference to the mapping,
/// so disposing the mapping first is safe: the memory goes when the last tensor does.
/// </summary>
internal sealed unsafe partial class FileMapping : IDisposable
{
    /// <summary>Mappings that native code will call back into; a delegate that only native code holds would be collected.</summary>
    private static readonly HashSet<FileMapping> InUse = [];

    private readonly MemoryMappedViewAccessor _view;
    private readonly NativeDeleter _release;
    private readonly byte* _start;
    private int _tensors;

    public FileMapping(FileStream file)
    {
        using var map = MemoryMappedFile.CreateFromFile(file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _start = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset;
        _release = _ => Release();
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void NativeDeleter(nint data);

    /// <summary>A tensor over the file's bytes from <paramref name="offset"/>. The caller has checked that they lie in the file.</summary>
    public Tensor Tensor(long offset, ScalarType type, IReadOnlyList<long> shape)
    {
        if (shape.Contains(0)) return empty([.. shape], type);
        InitializeDeviceType(DeviceType.CPU);
        Acquire();
        var sizes = shape.ToArray();
        nint handle;
        fixed (long* first = sizes)
            handle = NewTensor(_start + offset, _release, first, sizes.Length, (sbyte)type, (sbyte)type, (int)DeviceType.CPU, -1, requiresGrad: 0);
        if (handle != 0) return torch.Tensor.UnsafeCreateTensor(handle);
        Release();
        throw new InvalidOperationException($"libtorch refused a tensor of type {type} and shape [{string.Join(", ", shape)}] over a mapped file");
    }

    /// <summary>Lets the memory go once no tensor is left over it. A mapping that is only dropped goes the same way when it is collected.</summary>
    public void Dispose() => _view.Dispose();

    private void Acquire()
    {
        var added = false;
        _view.SafeMemoryMappedViewHandle.DangerousAddRef(ref added);
        lock (InUse)
        {
            _tensors++;
            InUse.Add(this);
        }
    }

    private void Release()
    {
        lock (InUse)
        {
            if (--_tensors == 0) InUse.Remove(this);
        }
        _view.SafeMemoryMappedViewHandle.DangerousRelease();
    }

    /// <summary>TorchSharp's native constructor over foreign memory, which its managed surface offers for arrays only.</summary>
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static partial nint NewTensor(
        void* data, NativeDeleter deleter, long* sizes, int dimensions, sbyte scalarType, sbyte dtype, int deviceType, int deviceIndex, byte requiresGrad);
}

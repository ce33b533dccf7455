using System.Runtime.InteropServices;
using Farm.Engine.Saving;
using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>Writes tensors as a .safetensors file.</summary>
public static partial class SafetensorsWriter
{
    private const int BlockBytes = 1 << 24;

    /// <summary>Writes the file beside its final name and renames it when whole. Tensors may be on any device; they are written row-major in their own type.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="tensors">Names and tensors, written in this order.</param>
    /// <param name="metadata">Free text for the header; none by default.</param>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, _) = SafetensorsHeader.Build(tensors.Select(item => new TensorInfo(item.Key, item.Value.dtype, item.Value.shape)), metadata);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(header);
                foreach (var (_, tensor) in tensors) WriteData(file, tensor);
            }
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Writes to a stream, one tensor in memory at a time.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">In this order.</param>
    /// <param name="metadata">Free text for the header.</param>
    /// <exception cref="WeightsFormatException">A tensor is not what its description says.</exception>
    public static void Write(Stream stream, IReadOnlyList<SavedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var (header, _) = SafetensorsHeader.Build(tensors.Select(tensor => tensor.Info), metadata);
        stream.Write(header);
        foreach (var saved in tensors)
        {
            using var tensor = saved.Open();
            if (tensor.dtype != saved.Info.Type || !tensor.shape.SequenceEqual(saved.Info.Shape))
                throw new WeightsFormatException($"the tensor '{saved.Info.Name}' is {tensor.dtype} [{string.Join(", ", tensor.shape)}]; {saved.Info.Type} {saved.Info.ShapeText} was announced");
            WriteData(stream, tensor);
        }
    }

    private static unsafe void WriteData(Stream file, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.detach().to(CPU).contiguous();
        var left = plain.numel() * plain.element_size();
        if (left == 0) return;
        var at = (byte*)NativeData(plain.Handle);
        for (; left > 0; left -= BlockBytes, at += BlockBytes) file.Write(new ReadOnlySpan<byte>(at, (int)Math.Min(left, BlockBytes)));
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static partial nint NativeData(nint handle);
}

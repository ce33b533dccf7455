using System.Globalization;
using Farm.Storage.Local;
using Microsoft.Win32.SafeHandles;

namespace Farm.Storage;

/// <summary>Holds the data root for one farm: for one process, or for all of a cluster. The lock ends with the process, however it ends.</summary>
public sealed class DataRootLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private DataRootLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, or throws <see cref="DataRootInUseException"/> when another process has it.</summary>
    public static DataRootLock Take(DataFolders folders) => Take(folders, shared: false);

    /// <summary>Takes the lock beside the other processes of a cluster, or throws <see cref="DataRootInUseException"/> when one process has it alone.</summary>
    public static DataRootLock TakeShared(DataFolders folders) => Take(folders, shared: true);

    private static DataRootLock Take(DataFolders folders, bool shared)
    {
        Directory.CreateDirectory(folders.Private);
        var file = Posix.Open(Path.Combine(folders.Private, "lock"));
        if (!Posix.Lock(file, wait: false, shared))
        {
            using (file)
                throw new DataRootInUseException(folders.Root, Posix.ReadText(file).Trim());
        }
        Posix.WriteText(file, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        return new DataRootLock(file);
    }

    /// <summary>Gives the data root back.</summary>
    public void Dispose() => _file.Dispose();
}

/// <summary>A farm already runs on the data root.</summary>
/// <param name="root">The data root.</param>
/// <param name="processId">The process that has it, as it noted itself.</param>
public sealed class DataRootInUseException(string root, string processId)
    : Exception($"A farm (process {processId}) already runs on the data root '{root}'. Stop it, or name another folder with --{StorageOptions.Section}:Root.");

using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Farm.Storage.Local;

/// <summary>What the file store needs of the system and .NET does not offer: exclusive links, blocking locks, inode numbers.</summary>
internal static partial class Posix
{
    private const int NotPermitted = 1, Interrupted = 4, WouldBlock = 11, Exists = 17, OtherDevice = 18, TooManyLinks = 31, NotSupported = 95;
    private const int OpenReadWrite = 2, OpenCreate = 0x40, OpenCloseOnExec = 0x80000;
    private const uint ReadableByAll = 0x1A4; // rw-r--r--
    private const int LockShared = 1, LockExclusive = 2, LockNonBlocking = 4;
    private const int WorkingFolder = -100, NoFollow = 0x100, WantInode = 0x100, WantMount = 0x1000;

    /// <summary>How giving a file a second name ended.</summary>
    public enum LinkOutcome
    {
        /// <summary>It has the name.</summary>
        Linked,

        /// <summary>The name is taken.</summary>
        Taken,

        /// <summary>These folders cannot share a file: other devices, or a file system without links.</summary>
        Impossible,
    }

    /// <summary>Gives a file a second name, in one step and never over another file.</summary>
    public static LinkOutcome Link(string from, string to) => link(from, to) == 0
        ? LinkOutcome.Linked
        : Marshal.GetLastPInvokeError() switch
        {
            Exists => LinkOutcome.Taken,
            OtherDevice or NotPermitted or NotSupported or TooManyLinks => LinkOutcome.Impossible,
            var error => throw new IOException($"Cannot name '{to}': {new Win32Exception(error).Message}"),
        };

    /// <summary>Opens a file for reading and writing, made when missing, without .NET's own locks on it.</summary>
    public static SafeFileHandle Open(string path)
    {
        var descriptor = open(path, OpenReadWrite | OpenCreate | OpenCloseOnExec, ReadableByAll);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"Cannot open '{path}': {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    /// <summary>Takes the lock of an open file, which ends with the handle or the process; false when another holder has it and <paramref name="wait"/> is false.</summary>
    public static bool Lock(SafeFileHandle file, bool wait, bool shared = false)
    {
        while (flock(file, (shared ? LockShared : LockExclusive) | (wait ? 0 : LockNonBlocking)) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
                return false;
            if (error != Interrupted)
                throw new IOException($"Cannot lock a file: {new Win32Exception(error).Message}");
        }
        return true;
    }

    /// <summary>Opens a file and waits for its lock.</summary>
    public static SafeFileHandle OpenLocked(string path)
    {
        var file = Open(path);
        Lock(file, wait: true);
        return file;
    }

    /// <summary>The text of a small open file.</summary>
    public static string ReadText(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }

    /// <summary>Replaces the text of a small open file.</summary>
    public static void WriteText(SafeFileHandle file, string text)
    {
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
    }

    /// <summary>The number by which the file system knows a file whatever its name; 0 when there is none.</summary>
    public static ulong Inode(string path)
    {
        Span<byte> answer = stackalloc byte[256];
        return statx(WorkingFolder, path, NoFollow, WantInode, answer) == 0 ? BitConverter.ToUInt64(answer[32..40]) : 0;
    }

    /// <summary>Whether two folders lie on one mount, so that a file can move between them in one step.</summary>
    public static bool SameMount(string one, string other) => Mount(one) == Mount(other);

    private static ulong Mount(string path)
    {
        Span<byte> answer = stackalloc byte[256];
        return statx(WorkingFolder, path, 0, WantMount, answer) == 0 ? BitConverter.ToUInt64(answer[144..152]) : 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Span<byte> answer);
}

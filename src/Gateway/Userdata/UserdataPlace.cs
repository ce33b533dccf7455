using Farm.Gateway.Identity;
using Farm.Storage;

namespace Farm.Gateway.Userdata;

/// <summary>Where a user's files are in the store: a folder of the user's own in the user area.</summary>
internal static class UserdataPlace
{
    /// <summary>The file or folder of that name among the user's; null where the name would leave the folder.</summary>
    public static FileKey? Find(RequestIdentity identity, string name) =>
        FileKey.TryCreate(FileArea.User, out var key, identity.User, name) && key.Path.StartsWith(identity.User + "/", StringComparison.Ordinal) ? key : null;

    /// <summary>The name of a file as its user knows it.</summary>
    public static string NameOf(RequestIdentity identity, FileKey key) => key.Path[(identity.User.Length + 1)..];

    /// <summary>Whether there is anything below a folder.</summary>
    public static async Task<bool> HasFilesAsync(this IFileStore store, FileKey folder, CancellationToken cancel)
    {
        await foreach (var _ in store.ListAsync(folder.Area, folder.Path, recursive: true, cancel))
            return true;
        return false;
    }
}

using System.Data.Common;

namespace Farm.Grains.Persistence;

/// <summary>Tells a database that is away from one that refuses.</summary>
internal static class Outage
{
    /// <summary>Whether the failure, or one behind it, may go away by itself.</summary>
    public static bool IsBehind(Exception error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (e is DbException { IsTransient: true }) return true;
        }
        return false;
    }
}

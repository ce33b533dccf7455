using System.Diagnostics.Metrics;

namespace Farm.Storage;

/// <summary>Measures of the disks under the farm's folders, meter <c>Farm.Storage</c>; folders of one disk show the same figures.</summary>
internal sealed class StorageInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Storage";

    private static readonly FileArea[] Areas = Enum.GetValues<FileArea>();

    private readonly Meter _meter;

    public StorageInstruments(IMeterFactory meters) => _meter = meters.Create(MeterName);

    /// <summary>Measures the disks of these folders from now on.</summary>
    public void Watch(DataFolders folders)
    {
        _meter.CreateObservableGauge("farm.storage.disk_free", () => Read(folders, disk => disk.AvailableFreeSpace), "By", "Free on the disk of a folder.");
        _meter.CreateObservableGauge("farm.storage.disk_size", () => Read(folders, disk => disk.TotalSize), "By", "Size of the disk of a folder.");
    }

    // Areas that a bucket holds have no folder.
    private static IEnumerable<Measurement<long>> Read(DataFolders folders, Func<DriveInfo, long> figure) =>
        from area in Areas
        where Directory.Exists(folders.Of(area))
        select new Measurement<long>(figure(new DriveInfo(folders.Of(area))), new KeyValuePair<string, object?>("area", area.ToString()));
}

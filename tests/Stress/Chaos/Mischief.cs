using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary>Harms a process drawn by lot at a fixed pace: mostly a kill, now and then a stopped clock.</summary>
internal sealed class Mischief(StressFarm farm, TimeSpan interval, int seed)
{
    private const double FreezeShare = 0.2;

    private readonly Random _random = new(seed);
    private readonly List<Task> _thaws = [];

    /// <summary>Processes killed so far.</summary>
    public int Kills { get; private set; }

    /// <summary>Clocks stopped so far.</summary>
    public int Freezes { get; private set; }

    /// <summary>Goes on until cancelled; every stopped clock goes again before it returns.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(interval, TimeProvider.System);
        var members = farm.All.ToArray();
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
                Harm(members[_random.Next(members.Length)]);
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(_thaws);
        }
    }

    /// <summary>What was done, in words.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture, $"{Kills} kills, {Freezes} stopped clocks");

    private void Harm(Member member)
    {
        if (_random.NextDouble() < FreezeShare)
        {
            Freezes++;
            _thaws.Add(FreezeAsync(member, TimeSpan.FromSeconds(2 + 13 * _random.NextDouble())));
            return;
        }
        Kills++;
        member.Kill();
    }

    private static async Task FreezeAsync(Member member, TimeSpan time)
    {
        member.Freeze();
        await Task.Delay(time, TimeProvider.System);
        member.Thaw();
    }
}

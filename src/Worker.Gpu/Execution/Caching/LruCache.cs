namespace Farm.Worker.Execution.Caching;

/// <summary>Keeps about <paramref name="size"/> results, dropping those of the oldest prompts; the current prompt's all stay.</summary>
/// <param name="size">Results to keep.</param>
internal sealed class LruCache(int size) : GenerationCache
{
    private long _oldest;

    /// <inheritdoc />
    protected override void DropOld()
    {
        while (Items.Count > size && _oldest < Generation)
        {
            _oldest++;
            foreach (var key in Items.Where(i => i.Value.UsedIn < _oldest).Select(i => i.Key).ToList())
                Drop(key);
        }
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A counter of a tenant or user.</summary>
internal sealed class CounterRow
{
    /// <summary>Counts the numbers that a tenant's prompts draw.</summary>
    public const string PromptNumber = "prompt_number";

    /// <summary>Counts the schedulers that were started; of no tenant.</summary>
    public const string SchedulerTerm = "scheduler_term";

    /// <summary>The tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant; empty for the whole tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>What is counted.</summary>
    public string Name { get; set; } = "";

    /// <summary>The first value that is free.</summary>
    public long Value { get; set; }
}

/// <summary>Table <c>counters</c>.</summary>
internal sealed class CounterRowConfiguration : IEntityTypeConfiguration<CounterRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<CounterRow> builder)
    {
        builder.ToTable("counters");
        builder.HasKey(c => new { c.Tenant, c.User, c.Name });
        builder.Property(c => c.Tenant).HasColumnName("tenant");
        builder.Property(c => c.User).HasColumnName("user");
        builder.Property(c => c.Name).HasColumnName("name");
        builder.Property(c => c.Value).HasColumnName("value");
    }
}

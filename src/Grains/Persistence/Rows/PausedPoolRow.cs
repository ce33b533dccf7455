using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A pool whose workers get no prompts until an operator resumes it.</summary>
internal sealed class PausedPoolRow
{
    /// <summary>The pool's name; empty for the workers that are in none.</summary>
    public string Pool { get; set; } = "";

    /// <summary>When it was paused, in milliseconds since 1970.</summary>
    public long PausedAt { get; set; }
}

/// <summary>Table <c>paused_pools</c>.</summary>
internal sealed class PausedPoolRowConfiguration : IEntityTypeConfiguration<PausedPoolRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<PausedPoolRow> builder)
    {
        builder.ToTable("paused_pools");
        builder.HasKey(p => p.Pool);
        builder.Property(p => p.Pool).HasColumnName("pool");
        builder.Property(p => p.PausedAt).HasColumnName("paused_at");
    }
}

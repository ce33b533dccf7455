using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>What was submitted, as text: other JSON types would reorder its keys.</summary>
internal sealed class GraphRow
{
    /// <summary>The prompt.</summary>
    public Guid RunId { get; set; }

    /// <summary>The tenant that owns it.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>The graph.</summary>
    public string Prompt { get; set; } = "";

    /// <summary>extra_data without secrets.</summary>
    public string ExtraData { get; set; } = "";

    /// <summary>Output nodes to execute, a JSON array.</summary>
    public string Targets { get; set; } = "";

    /// <summary>The hash by which a repeated submission is known again; null where ids may repeat.</summary>
    public string? Fingerprint { get; set; }

    /// <summary>Checks that the worker makes before the first node, a JSON array; null when there are none.</summary>
    public string? DeferredChecks { get; set; }
}

/// <summary>Table <c>prompt_graphs</c>.</summary>
internal sealed class GraphRowConfiguration : IEntityTypeConfiguration<GraphRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<GraphRow> builder)
    {
        builder.ToTable("prompt_graphs");
        builder.HasKey(g => g.RunId);
        builder.Property(g => g.RunId).HasColumnName("run_id").ValueGeneratedNever();
        builder.Property(g => g.Tenant).HasColumnName("tenant");
        builder.Property(g => g.User).HasColumnName("user");
        builder.Property(g => g.Prompt).HasColumnName("prompt");
        builder.Property(g => g.ExtraData).HasColumnName("extra_data");
        builder.Property(g => g.Targets).HasColumnName("targets");
        builder.Property(g => g.Fingerprint).HasColumnName("fingerprint");
        builder.Property(g => g.DeferredChecks).HasColumnName("deferred_checks");
    }
}

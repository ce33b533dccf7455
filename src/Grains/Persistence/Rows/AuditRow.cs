using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>An operator's action.</summary>
internal sealed class AuditRow
{
    /// <summary>Names it.</summary>
    public Guid Id { get; set; }

    /// <summary>When it began, in milliseconds since 1970.</summary>
    public long At { get; set; }

    /// <summary>Who.</summary>
    public string Actor { get; set; } = "";

    /// <summary>The actor's tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>Method and route.</summary>
    public string Action { get; set; } = "";

    /// <summary>To what.</summary>
    public string Target { get; set; } = "";

    /// <summary>The HTTP status of the answer; null while it is not known.</summary>
    public int? Status { get; set; }

    /// <summary>The address it came from.</summary>
    public string Address { get; set; } = "";

    /// <summary>The request's trace id.</summary>
    public string TraceId { get; set; } = "";
}

/// <summary>Table <c>audit</c>.</summary>
internal sealed class AuditRowConfiguration : IEntityTypeConfiguration<AuditRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<AuditRow> builder)
    {
        builder.ToTable("audit");
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Id).HasColumnName("audit_id").ValueGeneratedNever();
        builder.Property(a => a.At).HasColumnName("at");
        builder.Property(a => a.Actor).HasColumnName("actor");
        builder.Property(a => a.Tenant).HasColumnName("tenant");
        builder.Property(a => a.Action).HasColumnName("action");
        builder.Property(a => a.Target).HasColumnName("target");
        builder.Property(a => a.Status).HasColumnName("status");
        builder.Property(a => a.Address).HasColumnName("address");
        builder.Property(a => a.TraceId).HasColumnName("trace_id");
        builder.HasIndex(a => a.At, "ix_audit_at");
    }
}

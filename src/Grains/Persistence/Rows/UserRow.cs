using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A user of multi-user mode.</summary>
internal sealed class UserRow
{
    /// <summary>The tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user's id.</summary>
    public string User { get; set; } = "";

    /// <summary>The name that people see.</summary>
    public string Name { get; set; } = "";
}

/// <summary>Table <c>users</c>.</summary>
internal sealed class UserRowConfiguration : IEntityTypeConfiguration<UserRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<UserRow> builder)
    {
        builder.ToTable("users");
        builder.HasKey(u => new { u.Tenant, u.User });
        builder.Property(u => u.Tenant).HasColumnName("tenant");
        builder.Property(u => u.User).HasColumnName("user");
        builder.Property(u => u.Name).HasColumnName("name");
        builder.HasIndex(u => new { u.Tenant, u.Name }, "ix_users_name").IsUnique();
    }
}

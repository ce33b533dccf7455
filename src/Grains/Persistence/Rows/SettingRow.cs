using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A setting of a user.</summary>
internal sealed class SettingRow
{
    /// <summary>The tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>The setting's name.</summary>
    public string Key { get; set; } = "";

    /// <summary>The value, JSON as sent.</summary>
    public string Value { get; set; } = "";
}

/// <summary>Table <c>settings</c>.</summary>
internal sealed class SettingRowConfiguration : IEntityTypeConfiguration<SettingRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SettingRow> builder)
    {
        builder.ToTable("settings");
        builder.HasKey(s => new { s.Tenant, s.User, s.Key });
        builder.Property(s => s.Tenant).HasColumnName("tenant");
        builder.Property(s => s.User).HasColumnName("user");
        builder.Property(s => s.Key).HasColumnName("key");
        builder.Property(s => s.Value).HasColumnName("value");
    }
}

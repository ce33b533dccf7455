using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Farm.Grains.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AssetJobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "job_id",
                table: "assets",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "job_id",
                table: "assets");
        }
    }
}

using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Farm.Grains.Persistence.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ClusterSafety : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "fingerprint",
                table: "prompt_graphs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "workers_set_aside",
                columns: table => new
                {
                    worker_id = table.Column<string>(type: "text", nullable: false),
                    fault = table.Column<int>(type: "integer", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: false),
                    set_aside_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workers_set_aside", x => x.worker_id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "workers_set_aside");

            migrationBuilder.DropColumn(
                name: "fingerprint",
                table: "prompt_graphs");
        }
    }
}

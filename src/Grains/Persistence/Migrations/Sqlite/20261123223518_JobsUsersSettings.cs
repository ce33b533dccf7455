using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Farm.Grains.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class JobsUsersSettings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "job_status",
                table: "prompts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "workflow_id",
                table: "prompts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.Sql(
                """
                UPDATE prompts SET job_status = CASE
                    WHEN status = 1 THEN 1
                    WHEN EXISTS (SELECT 1 FROM prompt_results r WHERE r.run_id = prompts.run_id AND r.completed) THEN 2
                    WHEN outcome = 2 THEN 4
                    ELSE 3 END
                WHERE status > 0
                """);

            migrationBuilder.CreateTable(
                name: "settings",
                columns: table => new
                {
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    user = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settings", x => new { x.tenant, x.user, x.key });
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    user = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_users", x => new { x.tenant, x.user });
                });

            migrationBuilder.CreateIndex(
                name: "ix_prompts_jobs",
                table: "prompts",
                columns: new[] { "tenant", "job_status", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_prompts_workflow",
                table: "prompts",
                columns: new[] { "tenant", "workflow_id", "job_status", "created_at" },
                filter: "workflow_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_users_name",
                table: "users",
                columns: new[] { "tenant", "name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "settings");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropIndex(
                name: "ix_prompts_jobs",
                table: "prompts");

            migrationBuilder.DropIndex(
                name: "ix_prompts_workflow",
                table: "prompts");

            migrationBuilder.DropColumn(
                name: "job_status",
                table: "prompts");

            migrationBuilder.DropColumn(
                name: "workflow_id",
                table: "prompts");
        }
    }
}

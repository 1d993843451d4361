using Carillon.Hosting;
using Carillon.Jobs;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Carillon.Store.Tests.Postgres.Snippets;

// What docs/transactions.md shows: compiled and run here, and compared by DocumentationTests.
internal sealed record Order(Guid Id, string Customer);

internal interface IShop
{
    Task PlaceAsync(Order order, CancellationToken cancellationToken);
}

internal sealed class AdoShop(NpgsqlDataSource database, JobClient jobs) : IShop
{
    public async Task PlaceAsync(Order order, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand("insert into orders (id, customer) values ($1, $2)", connection)
        {
            Parameters = { new() { Value = order.Id }, new() { Value = order.Customer } },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await jobs.EnqueueAsync("orders.confirm", order, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

internal sealed class DapperShop(NpgsqlDataSource database, JobClient jobs) : IShop
{
    public async Task PlaceAsync(Order order, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("insert into orders (id, customer) values (@Id, @Customer)", order, transaction);
        await jobs.EnqueueAsync("orders.confirm", order, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

internal sealed class EfShop(ShopContext shop, JobClient jobs) : IShop
{
    public async Task PlaceAsync(Order order, CancellationToken cancellationToken)
    {
        await using var transaction = await shop.Database.BeginTransactionAsync(cancellationToken);
        shop.Orders.Add(order);
        await shop.SaveChangesAsync(cancellationToken);
        await jobs.EnqueueAsync("orders.confirm", order, transaction.GetDbTransaction(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Order>(order =>
    {
        order.ToTable("orders");
        order.Property(row => row.Id).HasColumnName("id");
        order.Property(row => row.Customer).HasColumnName("customer");
    });
}

internal static class ShopHandlers
{
    public static CarillonBuilder Add(CarillonBuilder carillon, NpgsqlDataSource database) => carillon
        .Handle("orders.confirm", async (Order order, JobContext job) =>
        {
            await using var connection = await database.OpenConnectionAsync(job.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(job.CancellationToken);
            await connection.ExecuteAsync("update orders set confirmed = confirmed + 1 where id = @Id", order, transaction);
            await job.CompleteInAsync(transaction);
            await transaction.CommitAsync(CancellationToken.None);
        });
}

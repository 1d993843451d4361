using Carillon.AspNetCore;
using Carillon.TestHost;

// A small host as a user would write one, for the fault tests: handlers that tell an oracle outside the product what they do.
// --store FILE|postgres://… --oracle FILE --urls URL [--max-bytes N] [--without HANDLER,HANDLER]
var builder = WebApplication.CreateSlimBuilder(args);
var oracle = new OracleFile(builder.Configuration["oracle"] ?? throw new ArgumentException("--oracle FILE is needed."), builder.Configuration["Carillon:NodeName"] ?? "node");
var gate = new Gate();
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
var store = builder.Configuration["store"] ?? "carillon.db";
string[] left = builder.Configuration["without"]?.Split(',') ?? [];
builder.Services.AddCarillon(carillon =>
{
    carillon = store.StartsWith("postgres", StringComparison.Ordinal)
        ? carillon.UsePostgres(store)
        : carillon.UseSqlite(store, options => options.MaxBytes = builder.Configuration.GetValue<long?>("max-bytes"));
    foreach (var handler in TestHandlers.All(oracle, gate).Where(handler => !left.Contains(handler.Name)))
    {
        carillon.Handle(handler);
    }
});

var app = builder.Build();
app.MapCarillon();
app.MapPost("/gate", gate.Open);
await app.StartAsync();
await Console.Out.WriteLineAsync($"The test host listens on {string.Join(", ", app.Urls)}");
await app.WaitForShutdownAsync();

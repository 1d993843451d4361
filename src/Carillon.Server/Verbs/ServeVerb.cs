using System.CommandLine;
using Carillon.Cluster;
using Carillon.Hosting;
using Carillon.Server.Cli;
using Carillon.Server.Serving;
using Carillon.Store;
using Microsoft.Extensions.Options;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon serve</c></summary>
internal static class ServeVerb
{
    private static readonly Option<string[]> Urls = new("--urls")
    {
        Description = "Addresses to listen on; others than this machine's need an API key first",
        HelpName = "URL",
        DefaultValueFactory = _ => [CommonOptions.DefaultServer],
    };

    private static readonly Option<string[]> Config = new("--config") { Description = "A configuration file (YAML); may be given again. Applied again when it changes", HelpName = "FILE" };
    private static readonly Option<bool> AllowRemoteExec = new("--allow-remote-exec") { Description = "API callers may run programs (the handler exec); else only configuration files may" };
    private static readonly Option<string?> Name = new("--name") { Description = "The node's name; machine and process by default", HelpName = "NAME" };
    private static readonly Option<string?> Roles = new("--roles") { Description = "What this node does, of scheduler, worker, api; all by default. Without api it listens nowhere", HelpName = "ROLES" };
    private static readonly Option<string?> Queues = new("--queues") { Description = "The queues whose jobs it runs, separated by commas; all by default", HelpName = "QUEUES" };
    private static readonly Option<LogFormat> Log = new("--log") { Description = "How log lines look: text or json", HelpName = "FORMAT" };

    public static Verb Make() => new Verb("serve", "Start the server: engine, schedules, REST API",
            "carillon serve --config carillon.yaml",
            "carillon serve --store sqlite:/var/lib/carillon/carillon.db --urls http://127.0.0.1:9000 --log json",
            "carillon serve --store postgres://carillon@db/app --roles worker --queues ad_queue,default --name worker-1")
        .With(Urls, StoreOption.Store, Config, AllowRemoteExec, Name, Roles, Queues, Log)
        .Does(RunAsync);

    private static async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            return await new ServerHost(Read(session), session.Terminal.Out).RunAsync(cancellationToken);
        }
        catch (Exception refused) when (refused is ConfigRefusedException or StoreUnavailableException or OptionsValidationException)
        {
            var message = refused is OptionsValidationException options ? string.Join('\n', options.Failures) : refused.Message;
            throw new CliException(Exit.Configuration, $"{message}\nCarillon was not started.");
        }
    }

    private static ServeRequest Read(Session session)
    {
        List<string> faults = [];
        var addresses = ListenAddress.ParseAll(session.Get(Urls)!, faults);
        var roles = ReadRoles(session.Get(Roles), faults);
        var store = StoreChoice.Parse(session.Get(StoreOption.Store)!, out var fault);
        if (fault is not null)
        {
            faults.Add(fault);
        }

        if (faults.Count > 0)
        {
            throw new ConfigRefusedException(faults);
        }

        return new ServeRequest
        {
            Addresses = addresses,
            Store = store!,
            ConfigPaths = [.. (session.Get(Config) ?? []).Distinct(StringComparer.Ordinal)],
            AllowRemoteExec = session.Get(AllowRemoteExec),
            IsAddressGiven = session.IsGiven(Urls),
            Name = session.Get(Name),
            Roles = roles,
            Queues = session.Get(Queues)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Log = session.Get(Log),
        };
    }

    private static NodeRoles? ReadRoles(string? given, List<string> faults)
    {
        if (given is null)
        {
            return null;
        }

        var roles = RoleText.Read(given, out var fault);
        if (fault is not null)
        {
            faults.Add($"--roles ({given}): {fault}.");
        }

        return roles;
    }
}

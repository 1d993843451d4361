using Carillon.Handlers;
using Carillon.Hosting;
using Microsoft.Extensions.Options;

namespace Carillon.Server.Checks;

/// <summary>Settings in the environment of whoever calls the doctor: those that a server started from here would refuse, and those that do nothing yet.</summary>
internal static class EnvironmentChecks
{
    private static readonly string[] Idle = [nameof(CarillonOptions.CacheDuration), nameof(CarillonOptions.EnableNotifications)];

    public static IEnumerable<Finding> Look(IConfiguration environment)
    {
        foreach (var fault in Faults(environment))
        {
            yield return new Finding(Severity.Trouble, "environment", fault, "Correct the variable, or unset it; a server does not start with it.");
        }

        foreach (var (setting, name) in Names().Where(known => Idle.Contains(known.Setting.Name) && environment[known.Name] is { Length: > 0 }))
        {
            yield return new Finding(Severity.Warning, "environment", $"{name} ({environment[name]}) is read and checked, but has no effect yet", $"Nothing need be done; {Reason(setting)}");
        }
    }

    private static string Reason(SettingTable.Setting setting) => setting.Name == nameof(CarillonOptions.CacheDuration)
        ? "no answer is kept, each is fresh."
        : "notices are not sent by this version.";

    private static IEnumerable<(SettingTable.Setting Setting, string Name)> Names() => SettingTable.All.SelectMany(
        setting => new[] { setting.Environment, $"Carillon:{setting.Name}", $"Carillon:{setting.SnakeName}" }.OfType<string>().Select(name => (setting, name)));

    private static IEnumerable<string> Faults(IConfiguration environment)
    {
        var options = new CarillonOptions();
        try
        {
            SettingTable.Apply(environment, "", options);
        }
        catch (OptionsValidationException unread)
        {
            return unread.Failures;
        }

        return [.. new CarillonOptionsRules().Validate(null, options).Failures ?? [], .. HandlerSettingTable.Strangers(options, BuiltInHandlers.Names)];
    }
}

using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators;

/// <summary>The rules that handlers are checked by while compiling; each has a page in <c>docs/diagnostics</c>.</summary>
internal static class Rules
{
    private const string Category = "Carillon";

    // In the project's own repository where the build knows its address (RepositoryUrl in Directory.Build.props), else the page's place in it.
    private static readonly string Pages = typeof(Rules).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(static data => data.Key == "HelpPages")?.Value ?? "docs/diagnostics/";

    public static readonly DiagnosticDescriptor Name = Error(
        "CAR0001", "A handler's name must be printable text",
        "The handler name '{0}' {1}; write a stable name such as \"letters.unlock-due\"");

    public static readonly DiagnosticDescriptor DuplicateName = Error(
        "CAR0002", "A handler's name stands for one piece of code",
        "Two handlers are named '{0}'; give one of them another name");

    public static readonly DiagnosticDescriptor Parameter = Error(
        "CAR0003", "A handler's parameter must have a form in JSON",
        "The parameter '{0}' ({1}) cannot be read from a job's arguments: {2}");

    public static readonly DiagnosticDescriptor Result = Error(
        "CAR0004", "A handler's result must have a form in JSON",
        "'{0}' returns {1}, which cannot be kept as a job's result: {2}");

    public static readonly DiagnosticDescriptor NoMethod = Error(
        "CAR0005", "A handler class has exactly one suitable method",
        "'{0}' has {1}; a handler class has exactly one public method named RunAsync, Run or HandleAsync, or put [Handles] on the method itself");

    public static readonly DiagnosticDescriptor Unreachable = Error(
        "CAR0006", "Generated code must be able to call a handler",
        "'{0}' cannot be a handler: {1}");

    public static readonly DiagnosticDescriptor AsyncVoid = Error(
        "CAR0007", "A handler is not async void",
        "'{0}' is async void: nobody could see it end or fail; return Task instead");

    public static readonly DiagnosticDescriptor Constructor = Error(
        "CAR0008", "A handler's class has one constructor that services can fill",
        "'{0}' cannot be made from the host's services: {1}");

    public static readonly DiagnosticDescriptor Option = Error(
        "CAR0009", "A setting of [Handles] is out of range",
        "{0} ({1}) {2}");

    public static readonly DiagnosticDescriptor Cron = Error(
        "CAR0010", "A cron expression must be readable",
        "The cron expression '{0}' cannot be read: {1}");

    public static readonly DiagnosticDescriptor Every = Error(
        "CAR0011", "An interval must be readable",
        "The interval '{0}' cannot be read: {1}");

    public static readonly DiagnosticDescriptor Zone = new(
        "CAR0012", "A zone should be in the IANA list",
        "The zone '{0}' is not in the IANA list that this version of Carillon was built with{1}; the schedule will not start where the host does not know it either",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Pages + "CAR0012.md");

    public static readonly DiagnosticDescriptor NoHandler = Error(
        "CAR0013", "A schedule stands beside [Handles]",
        "[{0}] on '{1}' does nothing without [Handles]; add [Handles(\"…\")] to it");

    public static readonly DiagnosticDescriptor ScheduledArguments = Error(
        "CAR0014", "A scheduled handler needs no arguments",
        "A schedule on code gives no arguments, but '{0}' requires '{1}'; give the parameter a default, make it nullable, or put the schedule with its arguments into carillon.yaml");

    public static readonly DiagnosticDescriptor DuplicateSchedule = Error(
        "CAR0015", "A schedule's name is unique",
        "Two schedules are named '{0}'; set Name on one of them (a schedule without it is named like its handler)");

    public static readonly DiagnosticDescriptor DuplicateCall = Error(
        "CAR0016", "Each handler has a typed call of its own",
        "Two handlers of one class would both get the call '{0}' with the same parameters; rename one of the methods");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + id + ".md");
}

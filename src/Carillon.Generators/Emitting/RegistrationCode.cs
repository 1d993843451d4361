namespace Carillon.Generators.Emitting;

/// <summary>The methods that register all handlers of the assembly.</summary>
internal static class RegistrationCode
{
    public static string Of(string assembly, IEnumerable<string> handlers)
    {
        // Beside AddCarillon: where that can be called, so can these.
        var code = CodeText.File("Microsoft.Extensions.DependencyInjection")
            .Line($"/// <summary>Registers the handlers of this assembly.</summary>")
            .Line(CodeText.Mark)
            .Open($"public static class {assembly}CarillonExtensions")
            .Line("/// <summary>Registers all handlers of this assembly that are marked with [Handles], with the schedules on them. From another assembly call this one.</summary>")
            .Open($"public static global::Carillon.Hosting.CarillonBuilder Add{assembly}Handlers(this global::Carillon.Hosting.CarillonBuilder carillon)");
        foreach (var handler in handlers)
        {
            code.Line($"global::Carillon.Generated.{handler}.Add(carillon);");
        }

        return code.Line("return carillon;").Close().Line()
            .Line("/// <summary>Registers all handlers of this assembly that are marked with [Handles], with the schedules on them.</summary>")
            .Line($"internal static global::Carillon.Hosting.CarillonBuilder AddHandlers(this global::Carillon.Hosting.CarillonBuilder carillon) => carillon.Add{assembly}Handlers();")
            .Close().ToString();
    }
}

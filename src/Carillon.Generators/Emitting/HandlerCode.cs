using Carillon.Generators.Model;

namespace Carillon.Generators.Emitting;

/// <summary>The class that registers one handler, reads its arguments and calls it.</summary>
internal static class HandlerCode
{
    private const string Services = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions";
    private const string KeyedServices = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderKeyedServiceExtensions";
    private const string Outcome = "global::Carillon.Store.Outcome?";
    private const string Task = "global::System.Threading.Tasks.Task";
    private const string Writer = "global::Carillon.Jobs.ArgumentWriter";

    public static string Of(HandlerModel handler)
    {
        var code = CodeText.File("Carillon.Generated")
            .Line($"/// <summary>The handler <c>{CodeText.Xml(handler.Name)}</c>.</summary>")
            .Line(CodeText.Mark)
            .Open($"internal static class {handler.Target.CodeName}");
        AddMethod(code, handler);
        RunMethod(code.Line(), handler);
        if (handler.Arguments.Any(static argument => argument.Role == ParameterRole.Argument))
        {
            ReadingCode.ReadMethod(code.Line(), handler);
        }

        return code.Close().ToString();
    }

    private static void AddMethod(CodeText code, HandlerModel handler)
    {
        code.Open("internal static void Add(global::Carillon.Hosting.CarillonBuilder carillon)");
        if (!handler.Target.IsStatic)
        {
            code.Line("global::Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions.TryAddScoped(");
            code.Line($"    carillon.Services, static services => new {handler.Target.Type}({string.Join(", ", handler.Target.Services.Select(Resolve))}));");
        }

        code.Open("carillon.Handle(new global::Carillon.Jobs.HandlerDefinition");
        DefinitionCode.Members(code, handler);
        code.Close("});").Close();
    }

    private static string Resolve(ServiceModel service) => service switch
    {
        { Key: null, Default: null } => $"{Services}.GetRequiredService<{service.Type}>(services)",
        { Key: null } => $"{Services}.GetService<{service.Type}>(services) ?? {service.Default}",
        { Default: null } => $"{KeyedServices}.GetRequiredKeyedService<{service.Type}>(services, {service.Key})",
        _ => $"{KeyedServices}.GetKeyedService<{service.Type}>(services, {service.Key}) ?? {service.Default}",
    };

    private static void RunMethod(CodeText code, HandlerModel handler)
    {
        code.Open($"private static {(handler.Result.IsAwaited ? "async " : "")}{Task}<{Outcome}> RunAsync(global::Carillon.Jobs.JobContext context)");
        ReadingCode.CallRead(code, handler);
        var call = $"{(handler.Result.IsAwaited ? "await " : "")}{Instance(handler.Target)}.{handler.Target.Method}({string.Join(", ", handler.Parameters.Select(Pass))})";
        if (handler.Result.Kind == ResultKind.Outcome)
        {
            code.Line(Return(handler, call)).Close();
            return;
        }

        code.Line(handler.Result.Kind == ResultKind.Value ? $"var result = {call};" : $"{call};");
        KeepResult(code, handler.Result);
        code.Line(Return(handler, "null")).Close();
    }

    private static string Instance(TargetModel target) => target.IsStatic ? target.Type : $"{Services}.GetRequiredService<{target.Type}>(context.Services)";

    private static string Pass(ParameterModel parameter, int index) => parameter.Role switch
    {
        ParameterRole.Token => "context.CancellationToken",
        ParameterRole.Context => "context",
        ParameterRole.Logger => "context.Logger",
        _ => $"value{index}",
    };

    private static string Return(HandlerModel handler, string value) => handler.Result.IsAwaited ? $"return {value};" : $"return {Task}.FromResult<{Outcome}>({value});";

    private static void KeepResult(CodeText code, ResultModel result)
    {
        if (result.Shape is not { } shape)
        {
            return;
        }

        var write = Values.Write(shape with { IsNullable = false }, "writer", "given");
        code.Open(shape is { IsStruct: true, IsNullable: false } ? "if (result is var given)" : "if (result is { } given)");
        code.Line($"{Writer}.Result(context, writer => {write});").Close();
    }
}

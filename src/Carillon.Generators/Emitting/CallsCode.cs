using Carillon.Generators.Model;
using Carillon.Generators.Reading;

namespace Carillon.Generators.Emitting;

/// <summary>The typed calls of one class's handlers.</summary>
/// <param name="Handlers">Of one class, each with another call.</param>
internal sealed record CallsCode(EquatableArray<HandlerModel> Handlers)
{
    private const string Request = "global::Carillon.Jobs.JobRequest";
    private const string Writer = "global::Carillon.Jobs.ArgumentWriter";

    /// <summary>What tells calls apart for the compiler.</summary>
    public static string Signature(HandlerModel handler) =>
        $"{handler.Call.Receiver}.{handler.Call.Name}({string.Join(", ", handler.Arguments.Select(static argument => argument.Shape is { IsStruct: true } ? argument.Shape.FullType : argument.Shape.Type))})";

    public string FileName => $"Carillon.Calls.{string.Concat(Handlers[0].Call.Receiver.Replace("global::", "").Select(static letter => char.IsLetterOrDigit(letter) ? letter : '.'))}.g.cs";

    /// <summary>As members of the handler's class, where the language can say that; else as methods of a class beside it.</summary>
    public string Text(bool hasExtensionMembers)
    {
        var call = Handlers[0].Call;
        var code = CodeText.File(call.Namespace)
            .Line($"/// <summary>Requests for the handlers of <see cref=\"{CodeText.Xml(call.Receiver)}\"/>.</summary>")
            .Line(CodeText.Mark)
            .Open($"{(call.IsPublicType ? "public" : "internal")} static class {call.ClassName}");
        if (hasExtensionMembers)
        {
            code.Open($"extension({call.Receiver})");
        }

        foreach (var handler in Handlers)
        {
            CallMethod(code, handler);
        }

        return (hasExtensionMembers ? code.Close() : code).Close().ToString();
    }

    private static void CallMethod(CodeText code, HandlerModel handler)
    {
        code.Line($"/// <summary>A job of the handler <c>{CodeText.Xml(handler.Name)}</c>, for JobClient.EnqueueAsync; <c>with</c> changes its particulars.</summary>");
        code.Open($"{(handler.Call.IsPublic ? "public" : "internal")} static {Request} {handler.Call.Name}({string.Join(", ", handler.Arguments.Select(Declare))})");
        var name = Literal.Of(handler.Name);
        if (handler.Arguments.FirstOrDefault() is not { } first)
        {
            code.Line($"return new {Request} {{ Handler = {name} }};");
        }
        else if (first.Role == ParameterRole.Whole)
        {
            code.Line(first.Shape.IsNullable
                ? $"return {first.Name} is {{ }} __given ? {Writer}.RequestOf<{first.Shape.Type}>({name}, __given) : new {Request} {{ Handler = {name} }};"
                : $"return {Writer}.RequestOf<{first.Shape.Type}>({name}, {first.Name});");
        }
        else
        {
            WriteMembers(code, handler, name);
        }

        code.Close();
    }

    private static void WriteMembers(CodeText code, HandlerModel handler, string name)
    {
        var isByHost = handler.Arguments.Any(static argument => argument.Shape.NeedsHost);
        code.Open($"return {Writer}.{(isByHost ? "RequestByHost" : "Request")}({name}, __writer =>");
        foreach (var argument in handler.Arguments)
        {
            code.Line(Values.Write(argument.Shape, $"__writer.Member({ReadingCode.Utf8(argument.JsonName)})", argument.Name) + ";");
        }

        code.Close("});");
    }

    private static string Declare(ParameterModel argument) => $"{argument.Shape.FullType} {argument.Name}{(argument.Default is null ? "" : $" = {argument.Default}")}";
}

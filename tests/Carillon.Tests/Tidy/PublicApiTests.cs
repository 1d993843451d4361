using System.Reflection;
using System.Runtime.CompilerServices;

namespace Carillon.Tests.Tidy;

/// <summary>What users can reach of the library, in a file that a person reviews.</summary>
public sealed class PublicApiTests
{
    private const string Update = "CARILLON_UPDATE_SNAPSHOTS";

    [Fact]
    public void The_public_surface_is_the_one_that_was_reviewed()
    {
        var file = Rest.Repository.Path("tests/Carillon.Tests/Tidy/PublicApi.txt");
        var now = string.Join('\n', typeof(Carillon.Jobs.JobClient).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Describe)) + "\n";
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(file, now);
        }

        var reviewed = File.ReadAllText(file);

        var news = now.Split('\n').Except(reviewed.Split('\n')).Select(line => $"+ {line}").Concat(reviewed.Split('\n').Except(now.Split('\n')).Select(line => $"- {line}"));
        Assert.True(now == reviewed, $"The public surface changed. If that is meant, run the tests with {Update}=1, look at the difference of {file}, and commit it:\n{string.Join('\n', news)}");
    }

    private static IEnumerable<string> Describe(Type type)
    {
        var members = type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(IsReachable).Select(member => $"{NameOf(type)}.{Describe(member)}").Order(StringComparer.Ordinal);
        return members.Prepend($"{KindOf(type)} {NameOf(type)}{BasesOf(type)}");
    }

    private static bool IsReachable(MemberInfo member) => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && member switch
    {
        MethodBase { IsSpecialName: true } method when method is not ConstructorInfo => false,
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors().Length > 0,
        FieldInfo field => field.IsPublic && !field.IsSpecialName,
        EventInfo => true,
        _ => false,
    };

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{method.Name}{Generics(method)}({Parameters(method)}) : {NameOf(method.ReturnType)}{(method.IsStatic ? " static" : "")}",
        PropertyInfo property => $"{property.Name} {{{(property.GetGetMethod() is null ? "" : " get;")}{Setter(property)} }} : {NameOf(property.PropertyType)}{(property.GetAccessors()[0].IsStatic ? " static" : "")}",
        FieldInfo field => $"{field.Name} : {NameOf(field.FieldType)}{(field.IsLiteral && !field.DeclaringType!.IsEnum ? $" = {field.GetRawConstantValue()}" : "")}",
        _ => $"{member.MemberType} {member.Name}",
    };

    private static string Setter(PropertyInfo property) => property.GetSetMethod() is not { } setter
        ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? "?" : "")}"));

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string KindOf(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string BasesOf(Type type)
    {
        var bases = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? [NameOf(parent)] : Array.Empty<string>();
        return bases.Length == 0 ? "" : $" : {string.Join(", ", bases)}";
    }

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return $"ref {NameOf(type.GetElementType()!)}";
        }

        if (type.IsArray)
        {
            return $"{NameOf(type.GetElementType()!)}[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return $"{NameOf(inner)}?";
        }

        var name = type.IsNested && !type.IsGenericParameter ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : type.IsGenericParameter || type.Namespace!.StartsWith("System", StringComparison.Ordinal) ? type.Name : type.FullName ?? type.Name;
        return type.IsGenericType ? $"{name.Split('`')[0].Split('[')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : name;
    }
}

using Carillon.Access;

namespace Carillon.AspNetCore.Access;

/// <summary>Who calls, once that is known.</summary>
/// <param name="Name">The key's name, or <c>local</c>.</param>
/// <param name="From">The address.</param>
/// <param name="Role">What the caller may do; null for nothing but open routes.</param>
/// <param name="KeyId">The key; null for the machine's user.</param>
internal sealed record Caller(string Name, string From, Role? Role, string? KeyId);

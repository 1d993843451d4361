namespace Carillon.Tests.Tidy;

public sealed class MaskedSourceTests
{
    [Theory]
    [InlineData("a // {\nb", "a     \nb")]
    [InlineData("a /* } */ b", "a         b")]
    [InlineData("x = \"{\\\"\" + y;", "x = \"   \" + y;")]
    [InlineData("x = '{' + '\\'';", "x = ' ' + '  ';")]
    [InlineData("x = @\"{\"\"\";", "x = @\"   \";")]
    [InlineData("x = $\"{{ {f(\"}\")} {{\";", "x = $\"   {f(\" \")}   \";")]
    [InlineData("x = \"\"\"\n{ \" }\n\"\"\";", "x =    \n     \n   ;")]
    public void Only_code_is_left(string text, string code) => Assert.Equal(code, MaskedSource.Of(text));
}

using System.CommandLine;

namespace AutoRec.Cli.Tests;

/// <summary>What the help says of commands, options and arguments is there, and short.</summary>
public sealed class HelpTextTests
{
    private const int MostCharacters = 600;

    public static TheoryData<string> Names => [.. CommandLine.Commands.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Help_OfACommand_SaysSomethingShortOfEachPart(string name)
    {
        var (_, description, create) = CommandLine.Commands.Single(command => command.Name == name);
        Assert.InRange(description.Length, 10, MostCharacters);
        var parts = Below(create()).SelectMany(command => command.Options.Concat<Symbol>(command.Arguments).Concat(command.Subcommands));
        Assert.All(parts.Where(part => !part.Hidden), part => Assert.True(
            part.Description?.Length is >= 10 and <= MostCharacters,
            $"{part.Name}: {part.Description?.Length} characters: {part.Description}"));
    }

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);
}

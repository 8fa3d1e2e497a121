namespace AutoRec.Cli.Tests;

/// <summary>Passwords in a source, whatever is mistyped in it, are not repeated.</summary>
public sealed class SecretsTests
{
    public static TheoryData<string> Sources =>
    [
        "postgres//joe:s3cret@h/db",
        "postgres/joe:s3cret@h/db?query=SELECT 1",
        "postgress://joe:s3cret@h/db?query=SELECT 1",
        "postgre:joe:s3cret@h/db",
        "psql://joe:s3cret@h/db",
        "jdbc:postgresql://joe:s3cret@h/db",
        "postgres:/joe:s3cret@h/db?query=SELECT 1",
        "postgres:joe:s3cret@h/db?query=SELECT 1",
        "postgres://joe:s3cret@h/db",
        "postgres://joe:s3cret@h:port/db?query=SELECT 1",
        "postgres://joe:pa@s3cret@h/db?query=SELECT 1",
        "postgres//joe:pa/s3cret@h/db",
        "joe:s3cret@h/db",
        "joe:s3cret@h",
        "Host=h;Username=joe;Password=s3cret",
        "postgres Host=h;Username=joe;password = 's3cret x'",
        "postgres:Host=h;Usernam=joe;Password=s3cret?query=SELECT 1",
        "postgres:Hst=h;Pwd=s3cret?query=SELECT 1",
    ];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Source_MistypedWithAPassword_TheErrorDoesNotRepeatIt(string source)
    {
        string[][] commands =
        [
            ["evaluate", "--model", "popularity", "--split", "random:0.9", "--data", source],
            ["train", "--model", "popularity", "--output", Path.Combine(Path.GetTempPath(), "never"), "--data", source],
            ["data", "describe", source],
            ["report", "--data", source, "--output", Path.Combine(Path.GetTempPath(), "never")],
            ["evaluate", "--model", "popularity", "--train", source, "--test", source],
        ];
        foreach (var command in commands)
        {
            var run = await CliRun.OfAsync(command);
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith("error: ", run.Error);
            Assert.DoesNotContain("s3cret", run.Error + run.Output);
        }
    }

    [Fact]
    public async Task Source_GivenWithoutItsOption_TheErrorDoesNotRepeatThePassword()
    {
        var run = await CliRun.OfAsync("evaluate", "postgres://joe:s3cret@h/db?query=SELECT 1", "--model", "popularity");
        Assert.Contains("***", run.Error);
        Assert.DoesNotContain("s3cret", run.Error);
    }

    [Fact]
    public async Task Source_LikeADatabase_TheErrorSaysHowToWriteIt()
    {
        var run = await CliRun.OfAsync("data", "describe", "postgres//joe:s3cret@h/db");
        Assert.Contains("postgres//***@h/db: There is no such file. For a PostgreSQL database, use 'postgres://user@host", run.Error);
        Assert.Contains("PGPASSWORD", run.Error);
        Assert.DoesNotContain("PostgreSQL", (await CliRun.OfAsync("data", "describe", "no/such/file.csv")).Error);
    }
}

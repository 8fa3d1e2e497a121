namespace AutoRec.Cli.Tests;

/// <summary>Waits for what another process or thread does.</summary>
internal static class Wait
{
    /// <summary>Asks again and again, for a minute at most.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; !await condition(); attempt++)
        {
            Assert.True(attempt < 3000, "It did not happen within a minute.");
            await Task.Delay(20);
        }
    }
}

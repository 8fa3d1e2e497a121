using System.Diagnostics;
using System.Reflection;

/// <summary>
/// Runs inside a child process (DOTNET_STARTUP_HOOKS) and kills it, without any clean-up, at the rename of a file that a test names: odd
/// numbers are just before a rename, even ones just after.
/// </summary>
internal static class StartupHook
{
    public const string Variable = "AUTOREC_TEST_KILL_AT";

    private static int count;

    public static void Initialize()
    {
        var at = int.Parse(Environment.GetEnvironmentVariable(Variable)!);
        Assembly library;
        try
        {
            library = Assembly.Load("AutoRec.Lib");
        }
        catch (FileNotFoundException)
        {
            return; // the process of a notebook
        }

        var type = library.GetType("AutoRec.Data.WholeFile", throwOnError: true)!;
        type.GetProperty("Renaming", BindingFlags.Static | BindingFlags.NonPublic)!.SetValue(null, (Action<string>)(_ =>
        {
            if (Interlocked.Increment(ref count) == at)
            {
                Process.GetCurrentProcess().Kill();
            }
        }));
    }
}

using System.ComponentModel;
using System.Diagnostics;

namespace AutoRec.Cli.Commands;

/// <summary>Shows files to the person at the machine.</summary>
internal static class Browser
{
    /// <summary>Opens a file in the program that <c>BROWSER</c> names, or in the one that the system has for such files.</summary>
    /// <returns>Whether a program was started.</returns>
    public static bool TryOpen(string file)
    {
        var start = Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 } program
            ? new ProcessStartInfo(program) { ArgumentList = { file } }
            : new ProcessStartInfo(file) { UseShellExecute = true };
        try
        {
            Process.Start(start)?.Dispose();
            return true;
        }
        catch (Exception error) when (error is Win32Exception or PlatformNotSupportedException)
        {
            return false;
        }
    }
}

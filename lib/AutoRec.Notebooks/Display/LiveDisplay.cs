using System.Reflection;

namespace AutoRec.Notebooks;

/// <summary>
/// Shows values one after the other, each in the place of the one before: below the running cell of a .NET Interactive kernel. The
/// kernel is found by name, so that nothing refers to it. What <c>display</c> returns would not do: in the last release of the kernel
/// its updates do not reach the display.
/// </summary>
internal sealed class LiveDisplay
{
    private const string Kernel = "Microsoft.DotNet.Interactive";

    private Action<object>? update;

    /// <summary>
    /// Whether a value takes the place of the one before. <c>dotnet repl</c> shows every update as one more output, and without a kernel
    /// values are lines on the console.
    /// </summary>
    public static bool IsInPlace { get; } = FindDisplay() is not null && Assembly.GetEntryAssembly()?.GetName().Name != "dotnet-repl";

    /// <summary>Shows a value.</summary>
    public void Show(object value)
    {
        if (update is not null)
        {
            update(value);
        }
        else if (FindDisplay() is { } display)
        {
            var shown = display(value);
            var method = shown.GetType().GetMethod("Update", [typeof(object)]);
            update = next => method?.Invoke(shown, [next]);
        }
        else
        {
            Console.WriteLine(value);
        }
    }

    // KernelInvocationContextExtensions.Display(KernelInvocationContext.Current, value), in the cell that is running, if one is.
    private static Func<object, object>? FindDisplay()
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.GetType($"{Kernel}.KernelInvocationContext") is { } type
                && type.GetProperty("Current")?.GetValue(null) is { } context
                && assembly.GetType($"{Kernel}.KernelInvocationContextExtensions")
                    ?.GetMethod("Display", [type, typeof(object), typeof(string[])]) is { } method)
            {
                return value => method.Invoke(null, [context, value, Array.Empty<string>()])!;
            }
        }

        return null;
    }
}

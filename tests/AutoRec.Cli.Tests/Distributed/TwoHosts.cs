using System.Diagnostics;

namespace AutoRec.Cli.Tests;

/// <summary>
/// Two network namespaces with a link between them, which are two hosts to MPI. The test is skipped where they cannot be made, which takes
/// root and <c>ip</c>.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    private const string Subnet = "10.213.0.0/24";
    private static readonly string First = $"autorec{Environment.ProcessId}a", Second = $"autorec{Environment.ProcessId}b";

    private readonly TemporaryFolder folder = new();

    public TwoHosts()
    {
        var (code, error) = Run(
            $"""
            ip netns add {First} && ip netns add {Second} && ip link add near netns {First} type veth peer name far netns {Second} || exit
            ip -n {First} address add 10.213.0.1/24 dev near && ip -n {First} link set near up && ip -n {First} link set lo up || exit
            ip -n {Second} address add 10.213.0.2/24 dev far && ip -n {Second} link set far up && ip -n {Second} link set lo up
            """);
        if (code != 0)
        {
            Dispose();
            Assert.Skip($"No network namespaces here, so a cut network is NOT tested; that takes root and 'ip': {error}");
        }
    }

    /// <summary>The words that run a launcher on the first host: before its own, and its options for ranks on both hosts.</summary>
    public (string[] Before, string[] Options) Launcher()
    {
        // Called with a host and the command of Open MPI's daemon for it.
        var agent = folder.File("agent");
        File.WriteAllText(
            agent, $"shift\nexec ip netns exec {Second} unshare --uts sh -c \"hostname {Second} && $*\"\n");
        return (
            ["ip", "netns", "exec", First, "unshare", "--uts", "sh", "-c", $"hostname {First} && exec \"$0\" \"$@\""],
            [
                "--host", "10.213.0.1:1,10.213.0.2:1", "--mca", "plm_rsh_agent", $"sh {agent}", "--mca", "btl", "tcp,self",
                "--mca", "btl_tcp_if_include", Subnet, "--mca", "oob_tcp_if_include", Subnet,
            ]);
    }

    /// <summary>Cuts the link.</summary>
    public static void Cut() => Assert.Equal((0, ""), Run($"ip -n {Second} link set far down"));

    public void Dispose()
    {
        foreach (var name in new[] { First, Second })
        {
            Run($"kill -9 $(ip netns pids {name}); ip netns del {name}"); // What a cut network keeps from ending.
        }

        folder.Dispose();
    }

    private static (int Code, string Error) Run(string script)
    {
        using var run = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardError = true })!;
        var error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        return (run.ExitCode, error);
    }
}

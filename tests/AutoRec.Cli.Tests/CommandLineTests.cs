using System.Runtime.InteropServices;

namespace AutoRec.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Message_NativeError_IsItsFirstLineWithoutTheStack() => Assert.Equal(
        "libtorch failed: Unknown scalar type.",
        CommandLine.Message(
            new ExternalException("Unknown scalar type.\nException raised from type at Scalar.h:339:\nframe #0: c10::Error")));
}

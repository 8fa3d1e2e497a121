using AutoRec.Cli;
using AutoRec.Cli.Notebooks.Kernel;

// A notebook's own process is this program again. It must not touch the command line's types: it is started without
// the assemblies that a notebook brings itself (see KernelDependencies).
return args is [KernelHost.Command, var pipe] ? await KernelHost.RunAsync(pipe) : await CommandLine.RunAsync(args);

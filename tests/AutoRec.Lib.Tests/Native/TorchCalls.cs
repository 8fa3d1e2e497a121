using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;

namespace AutoRec.Tests.Native;

/// <summary>
/// Finds, in compiled code, the calls of TorchSharp that take or make a <see cref="Scalar"/>. TorchSharp does not keep a scalar alive
/// while native code reads it, so only code that does may make such calls.
/// </summary>
internal static class TorchCalls
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly Torch = typeof(torch).Assembly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    // What each method of TorchSharp calls of TorchSharp.
    private static readonly Lazy<Dictionary<MethodBase, MethodBase[]>> OfTorch = new(() =>
        MethodsOf(Torch.GetTypes()).ToDictionary(method => method, method => Calls(method).ToArray()));

    /// <summary>The calls that may abort the process, as "caller calls callee".</summary>
    /// <param name="types">The types to look through.</param>
    /// <param name="guards">The type that keeps its scalars alive: it may make scalars by <c>ToScalar</c> and pass them on.</param>
    public static string[] Unguarded(IEnumerable<Type> types, Type guards)
    {
        var calls = MethodsOf(types).SelectMany(caller => Calls(caller).Select(callee => (Caller: caller, Callee: callee))).ToArray();
        var makers = Makers(calls.Select(call => call.Callee));
        return [.. calls
            .Where(call => IsIn(call.Caller.DeclaringType, guards)
                ? makers.Contains(call.Callee) && call.Callee.DeclaringType != typeof(ScalarExtensionMethods)
                : makers.Contains(call.Callee) || TakesScalar(call.Callee))
            .Select(call => $"{call.Caller.DeclaringType}.{call.Caller.Name} calls {call.Callee.DeclaringType}.{call.Callee}")
            .Distinct().Order(StringComparer.Ordinal)];
    }

    // The methods of TorchSharp that make a scalar or call one that does. Of a virtual method those overrides count whose type is made
    // somewhere in what is reached.
    private static HashSet<MethodBase> Makers(IEnumerable<MethodBase> entries)
    {
        var reached = new HashSet<MethodBase>();
        var made = new HashSet<Type>();
        var callers = new List<(MethodBase Caller, MethodBase Callee)>();
        for (var open = new Stack<MethodBase>(entries); open.Count > 0;)
        {
            while (open.TryPop(out var method))
            {
                if (!reached.Add(method))
                {
                    continue;
                }

                if (method.IsConstructor)
                {
                    made.Add(method.DeclaringType!);
                }

                foreach (var callee in OfTorch.Value.GetValueOrDefault(method, []))
                {
                    callers.Add((method, callee));
                    open.Push(callee);
                }
            }

            foreach (var (method, overridden) in MethodsOf(made).SelectMany(method => Overridden(method).Select(other => (method, other))))
            {
                if (reached.Contains(overridden) && !reached.Contains(method))
                {
                    callers.Add((overridden, method));
                    open.Push(method);
                }
            }
        }

        var byCallee = callers.ToLookup(call => call.Callee, call => call.Caller);
        var makers = new HashSet<MethodBase>();
        var constructors = reached.Where(method => method.IsConstructor && method.DeclaringType == typeof(Scalar));
        for (var open = new Stack<MethodBase>(constructors); open.TryPop(out var maker);)
        {
            if (makers.Add(maker))
            {
                byCallee[maker].ToList().ForEach(open.Push);
            }
        }

        return makers;
    }

    // The virtual methods that a method overrides, from its base type up.
    private static IEnumerable<MethodBase> Overridden(MethodBase method)
    {
        if (method is not MethodInfo { IsVirtual: true } info || info.GetBaseDefinition() == info)
        {
            yield break;
        }

        for (var type = info.DeclaringType!.BaseType; type is not null && type.Assembly == Torch; type = type.BaseType)
        {
            foreach (var other in type.GetMethods(Declared).Where(other => other.GetBaseDefinition() == info.GetBaseDefinition()))
            {
                yield return Definition(other);
            }
        }
    }

    private static bool TakesScalar(MethodBase method) =>
        method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Scalar));

    private static bool IsIn(Type? type, Type outer) => type is not null && (type == outer || IsIn(type.DeclaringType, outer));

    private static IEnumerable<MethodBase> MethodsOf(IEnumerable<Type> types) =>
        types.SelectMany(type => type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)));

    // The methods of TorchSharp whose address or name is in the code of a method.
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var i = 0; i < code.Length;)
        {
            short value = code[i++];
            if (value == 0xFE)
            {
                value = (short)(0xFE00 | code[i++]);
            }

            var operand = OpCodesByValue[value].OperandType;
            if (operand == OperandType.InlineMethod
                && method.Module.ResolveMethod(BitConverter.ToInt32(code, i), ofType, ofMethod) is { } callee
                && callee.Module.Assembly == Torch)
            {
                yield return Definition(callee);
            }

            i += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }
    }

    // Without type arguments.
    private static MethodBase Definition(MethodBase method) => method.DeclaringType is { IsConstructedGenericType: true } type
        ? MethodsOf([type.GetGenericTypeDefinition()]).First(other => other.MetadataToken == method.MetadataToken)
        : method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
}

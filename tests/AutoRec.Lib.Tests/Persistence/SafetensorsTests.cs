using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using AutoRec.Persistence;
using CsCheck;

namespace AutoRec.Tests.Models;

public sealed class SafetensorsTests
{
    [Fact]
    public void Write_TwoArrays_BytesAsTheFormatSaysThem()
    {
        var bytes = Bytes(new ModelState().Add("w", [1f, -2.5f], 1, 2).Add("n", [7]));
        const string Header =
            """{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"n":{"dtype":"I32","shape":[1],"data_offsets":[8,12]}}""";
        var padded = Header + new string(' ', (8 - (Header.Length % 8)) % 8);
        byte[] numbers = [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0, 7, 0, 0, 0];
        Assert.Equal([.. BitConverter.GetBytes((long)padded.Length), .. Encoding.ASCII.GetBytes(padded), .. numbers], bytes);
    }

    [Fact]
    public void Write_AnyArrays_AReaderByTheSpecificationReadsThem() =>
        Gen.Select(Gen.Single.Array[0, 40], Gen.Int.Array[0, 40], Gen.String[1, 8]).Sample((floats, ints, name) =>
        {
            var read = ReadBySpecification(Bytes(new ModelState().Add("f" + name, floats).Add("i", ints)));
            Assert.Equal(floats, Array.ConvertAll(read["f" + name].Words, BitConverter.Int32BitsToSingle));
            Assert.Equal(ints, read["i"].Words);
            Assert.Equal("F32", read["f" + name].Type);
        });

    [Fact]
    public void Read_WhatWasWritten_TheSame()
    {
        var state = new ModelState()
            .Add("a.weight", [1, float.NaN, 3, float.NegativeInfinity, 5, 6], 2, 3)
            .Add("empty", Array.Empty<int>())
            .Add("i", [int.MinValue, 2]);
        var read = Safetensors.Read(new MemoryStream(Bytes(state)));
        Assert.Equal(["a.weight", "empty", "i"], read.Names.Order());
        Assert.Equal([2, 3], read.Shape("a.weight"));
        Assert.Equal(state.Floats("a.weight"), read.Floats("a.weight"));
        Assert.Equal(state.Ints("i"), read.Ints("i")!);
    }

    [Fact]
    public void Read_CutOffAnywhereOrTooLong_Throws()
    {
        var bytes = Bytes(new ModelState().Add("w", [1f, 2f, 3f]));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream(bytes, 0, length)));
        }

        Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream([.. bytes, 0])));
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", "F16")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "'w'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "cannot have the length -2")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "'w'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'v'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,8]}}""", "cannot have the length 65536")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,8]}}""", "cannot have the length")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", "not a table")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "describes 4 bytes of data; 8 bytes follow")]
    [InlineData("""{"w":{"dtype":"F32","shape":[0,2147483647],"data_offsets":[0,0]}}""", "cannot have the length 2147483647")]
    [InlineData("""["w"]""", "not a table")]
    // 2^66 numbers
    [InlineData("""{"w":{"dtype":"F32","shape":[8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8],"data_offsets":[0,8]}}""", "not a table")]
    // 2^64 bytes
    [InlineData("""{"w":{"dtype":"F32","shape":[4,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8],"data_offsets":[0,8]}}""", "not a table")]
    [InlineData("no json at all", "begins 'no json")]
    public void Read_BadHeader_Throws(string header, string expected)
    {
        byte[] bytes = [.. BitConverter.GetBytes((long)header.Length), .. Encoding.ASCII.GetBytes(header), .. new byte[8]];
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream(bytes))).Message);
    }

    [Theory]
    [InlineData(1, "1 bytes, of 2 that follow")]
    [InlineData(3, "3 bytes, of 2 that follow")]
    public void Read_WrongHeaderLength_SaysSo(long length, string expected) => Assert.Contains(
        expected,
        Assert.Throws<InvalidDataException>(() =>
            Safetensors.Read(new MemoryStream([.. BitConverter.GetBytes(length), (byte)'{', (byte)'}']))).Message);

    [Fact]
    public void Read_NoArrayOrAnEmptyOne_IsThat()
    {
        Assert.Empty(Safetensors.Read(new MemoryStream([2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'])).Names);
        Assert.Empty(Safetensors.Read(new MemoryStream(Bytes(new ModelState().Add("w", Array.Empty<float>())))).Floats("w"));
        Assert.Contains("cut off", Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream([2, 0]))).Message);
    }

    [Fact]
    public void Read_ArrayOfSeveralParts_TheSame()
    {
        int[] numbers = [.. Enumerable.Range(7, (1 << 20) + 3)];
        Assert.Equal(numbers, Safetensors.Read(new MemoryStream(Bytes(new ModelState().Add("i", numbers)))).Ints("i")!);
    }

    [Fact]
    public void ReadInts_OneArray_WithoutTheOthers()
    {
        var bytes = Bytes(new ModelState().Add("w", [1f, 2, 3], 3, 1).Add("i", [4, 5]).Add("j", [6]));
        Assert.Equal([4, 5], Safetensors.ReadInts(new MemoryStream(bytes), "i")!);
        Assert.Equal([6], Safetensors.ReadInts(new MemoryStream(bytes), "j")!);
        Assert.Null(Safetensors.ReadInts(new MemoryStream(bytes), "w"));
        Assert.Null(Safetensors.ReadInts(new MemoryStream(bytes), "x"));
    }

    [Fact]
    public void State_NameTwiceOrOtherShape_SaysWhich()
    {
        var state = new ModelState().Add("w", [1f, 2], 1, 2);
        Assert.Contains("'w' is there already", Assert.Throws<ArgumentException>(() => state.Add("w", [1])).Message);
        Assert.Same(state, state.Require("w", 1, 2));
        Assert.Contains("'w' must be [2 x 1]; got [1 x 2]", Assert.Throws<InvalidDataException>(() => state.Require("w", 2, 1)).Message);
    }

    [Fact]
    public void Read_HugeHeaderLength_ThrowsBeforeItTakesTheMemory() =>
        Assert.Contains(
            "9223372036854775807 bytes",
            Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream([.. BitConverter.GetBytes(long.MaxValue),
                0]))).Message);

    private static byte[] Bytes(ModelState state)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, state);
        return stream.ToArray();
    }

    // What the format's own validation asks for: a header that begins with '{' and is JSON, arrays that follow one another from 0 to
    // the end without holes, numbers that begin at a multiple of 8.
    private static Dictionary<string, (string Type, int[] Words)> ReadBySpecification(byte[] bytes)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var header = bytes.AsSpan(8, length);
        Assert.Equal((byte)'{', header[0]);
        Assert.Equal(0, length % 8);
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(header));
        var numbers = bytes[(8 + length)..];
        var next = 0;
        var arrays = new Dictionary<string, (string, int[])>();
        foreach (var array in json.RootElement.EnumerateObject())
        {
            var offsets = array.Value.GetProperty("data_offsets");
            Assert.Equal(next, offsets[0].GetInt32());
            next = offsets[1].GetInt32();
            var shape = array.Value.GetProperty("shape").EnumerateArray().Aggregate(1, (product, size) => product * size.GetInt32());
            Assert.Equal(4 * shape, next - offsets[0].GetInt32());
            var words = new int[shape];
            for (var i = 0; i < shape; i++)
            {
                words[i] = BinaryPrimitives.ReadInt32LittleEndian(numbers.AsSpan(offsets[0].GetInt32() + (4 * i)));
            }

            arrays.Add(array.Name, (array.Value.GetProperty("dtype").GetString()!, words));
        }

        Assert.Equal(numbers.Length, next);
        return arrays;
    }
}

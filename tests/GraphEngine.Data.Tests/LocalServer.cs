using System.Net;
using System.Net.Sockets;

namespace GraphEngine.Data.Tests;

/// <summary>A web server on this machine that serves bytes, with ranges, and can be told to misbehave.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public LocalServer()
    {
        // The listener cannot pick a free port itself.
        using (TcpListener probe = new(IPAddress.Loopback, 0))
        {
            probe.Start();
            Root = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }
        _listener.Prefixes.Add(Root.ToString());
        _listener.Start();
        _ = Task.Run(Serve);
    }

    public Uri Root { get; }

    public Dictionary<string, byte[]> Files { get; } = [];

    public bool SupportsRanges { get; set; } = true;

    /// <summary>Breaks the connection after so many bytes of a response.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>What was asked for: the path, and the range header where there was one.</summary>
    public List<string> Requests { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            Answer(context);
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath.TrimStart('/');
        string? range = context.Request.Headers["Range"];
        Requests.Add(range is null ? path : $"{path} {range}");
        HttpListenerResponse response = context.Response;
        if (!Files.TryGetValue(path, out byte[]? bytes))
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }
        int first = SupportsRanges && range is not null ? int.Parse(range["bytes=".Length..^1], null) : 0;
        if (first >= bytes.Length)
        {
            response.StatusCode = 416;
            response.Headers["Content-Range"] = $"bytes */{bytes.Length}";
            response.Close();
            return;
        }
        if (first > 0)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {first}-{bytes.Length - 1}/{bytes.Length}";
        }
        response.ContentLength64 = bytes.Length - first;
        int count = Math.Min(BreakAfter ?? int.MaxValue, bytes.Length - first);
        response.OutputStream.Write(bytes, first, count);
        response.OutputStream.Flush();
        if (count < bytes.Length - first)
            response.Abort();
        else
            response.Close();
    }
}

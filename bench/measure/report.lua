-- What wrk prints at its end, as one line of JSON. Nothing here runs for each request.
function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format(
        '\nREPORT {"seconds":%.6f,"requests":%d,"bytes":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,'
            .. '"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f}\n',
        summary.duration / 1e6, summary.requests, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout,
        latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end

-- What wrk prints at its end, as one line of JSON. Without a pause nothing here runs for each request.

-- The arguments after "--": how many milliseconds each connection pauses, on average, before each request; and how many
-- bytes it posts (0: a GET).
function init(args)
    local size = tonumber(args[2] or 0)
    if size > 0 then
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/octet-stream"
        wrk.body = string.rep("0123456789abcde\n", size / 16)
    end
    local pause = tonumber(args[1] or 0)
    if pause > 0 then
        function delay()
            return math.random(0, 2 * pause)
        end
    end
end

function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format(
        '\nREPORT {"seconds":%.6f,"requests":%d,"bytes":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,'
            .. '"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f}\n',
        summary.duration / 1e6, summary.requests, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout,
        latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end

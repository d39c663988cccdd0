-- The server's time, and integers as text. ARGV[1] is empty; a test may give the time in milliseconds.
local now = tonumber(ARGV[1])
if not now then
    local time = call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Numbers never reach a command unformatted: some servers would write large ones with an exponent (PROTOCOL 6.3).
local format = string.format
local function integer(number) return format('%d', number) end
local nowText = integer(now)

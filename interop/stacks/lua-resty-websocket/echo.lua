-- Answers one request of nginx with a WebSocket that echoes. lua-resty-websocket gives the application frames: this one
-- joins them to messages, and answers Ping and Close.
local server = require "nginx.websocket.server"

local connection = server:new { timeout = 60000, max_payload_len = 64 * 1024 * 1024 }
if not connection then
	if not ngx.headers_sent then ngx.header["Sec-WebSocket-Version"] = "13" end
	return ngx.exit(ngx.HTTP_BAD_REQUEST)
end

local scenario = os.getenv("WIREPROOF_SCENARIO")
local parts, kind, is_closing = {}, nil, false
while true do
	local payload, frame, more = connection:recv_frame()
	if not payload then return ngx.exit(ngx.HTTP_CLOSE) end
	if frame == "close" then
		-- The third value is the code of the Close frame.
		if not is_closing then connection:send_close(more, payload) end
		return
	elseif frame == "ping" then
		connection:send_pong(payload)
	elseif frame ~= "pong" then
		if frame ~= "continuation" then kind = frame end
		table.insert(parts, payload)
		if more ~= "again" then
			local message = table.concat(parts)
			if scenario == "close-server" then
				is_closing = true
				connection:send_close(3001, "server done")
			elseif kind == "text" then
				connection:send_text(message)
			else
				connection:send_binary(message)
			end
			parts = {}
		end
	end
end

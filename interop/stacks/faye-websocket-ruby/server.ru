# Echo server on faye-websocket of Ruby, with Puma.
require "faye/websocket"

OPTIONS = { max_length: 64 * 1024 * 1024 }

run lambda { |env|
  next [400, {}, ["not a WebSocket request"]] unless Faye::WebSocket.websocket?(env)

  socket = Faye::WebSocket.new(env, nil, OPTIONS)
  socket.on(:message) { |event| socket.send(event.data) }
  socket.rack_response
}

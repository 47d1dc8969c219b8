# Plays a scenario of the interop grid with the standard library of Crystal. It has no permessage-deflate, and does not tell
# which subprotocol was agreed. Its `close` ends TCP at once, so nobody hears which code the answer has. Argument: the
# server's address.
require "http/web_socket"

SCENARIOS = %w(open text binary fragmented ping close-client close-server)

scenario = ENV["WIREPROOF_SCENARIO"]? || ""
exit 127 unless SCENARIOS.includes?(scenario)

def expect(what, got, wanted)
  return if got == wanted
  STDERR.puts "#{what}: #{got.to_s[0, 80]}, not #{wanted.to_s[0, 80]}"
  exit 1
end

came = [] of {String, String | Bytes}
end_code = 0
end_reason = ""
begin
  socket = HTTP::WebSocket.new(URI.parse(ARGV[0]))
  socket.on_message { |text| came << {"text", text}; socket.close(1000) }
  socket.on_binary { |octets| came << {"binary", octets.dup}; socket.close(1000) }
  socket.on_pong { |payload| came << {"pong", payload}; socket.close(1000) }
  socket.on_close { |code, reason| end_code = code.value; end_reason = reason }
  octets = Bytes.new(256) { |value| value.to_u8 }
  case scenario
  when "text"         then socket.send("Grüße, 世界 👋")
  when "binary"       then socket.send(octets)
  when "fragmented"   then socket.stream(binary: false, frame_size: 65536) { |message| message << "a" * 1048576 }
  when "ping"         then socket.ping("wireproof")
  when "close-client" then socket.close(3000, "client done")
  when "close-server" then socket.send("bye")
  else                     socket.close(1000)
  end
  socket.run
rescue error : Socket::Error | IO::Error
  expect("error", error.message, "none")
end

case scenario
when "text"         then expect("echo", came, [{"text", "Grüße, 世界 👋"}])
when "binary"       then expect("echo", came, [{"binary", octets}])
when "fragmented"   then expect("echo", came, [{"text", "a" * 1048576}])
when "ping"         then expect("Pong", came, [{"pong", "wireproof"}])
when "close-server"
  expect("close code", end_code, 3001)
  expect("close reason", end_reason, "server done")
end

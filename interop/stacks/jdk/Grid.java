// Plays a scenario of the interop grid with java.net.http of the JDK, which has no permessage-deflate.
// Argument: the server's address.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

public class Grid {
    static final Set<String> SCENARIOS =
        Set.of("open", "text", "binary", "fragmented", "ping", "subprotocol", "close-client", "close-server");
    /** What has come, such as "text Hello" or "close 1000 ". */
    static final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    public static void main(String[] arguments) {
        String scenario = System.getenv("WIREPROOF_SCENARIO");
        if (scenario == null || !SCENARIOS.contains(scenario)) System.exit(127);
        try {
            play(arguments[0], scenario);
            System.exit(0);
        } catch (Exception | AssertionError error) {
            System.err.println(error.getMessage());
            System.exit(1);
        }
    }

    static void play(String url, String scenario) throws Exception {
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (scenario.equals("subprotocol")) builder.subprotocols("chat.v1", "chat.v2");
        WebSocket socket = builder.buildAsync(URI.create(url), new Listener()).join();
        switch (scenario) {
            case "text" -> {
                socket.sendText("Grüße, 世界 👋", true).join();
                expect(events.take(), "text Grüße, 世界 👋");
            }
            case "binary" -> {
                byte[] octets = new byte[256];
                for (int value = 0; value < 256; value++) octets[value] = (byte) value;
                socket.sendBinary(ByteBuffer.wrap(octets), true).join();
                expect(events.take(), "binary " + new String(octets, StandardCharsets.ISO_8859_1));
            }
            case "fragmented" -> {
                for (int left = 16; left > 0; left--) socket.sendText("a".repeat(65536), left == 1).join();
                expect(events.take(), "text " + "a".repeat(1048576));
            }
            case "ping" -> {
                socket.sendPing(ByteBuffer.wrap("wireproof".getBytes())).join();
                expect(events.take(), "pong wireproof");
            }
            case "subprotocol" -> expect(socket.getSubprotocol(), "chat.v2");
        }
        switch (scenario) {
            case "close-client" -> {
                socket.sendClose(3000, "client done").join();
                expectStart(events.take(), "close 3000 ");
            }
            case "close-server" -> {
                socket.sendText("bye", true).join();
                expect(events.take(), "close 3001 server done");
            }
            default -> {
                socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
                expectStart(events.take(), "close ");
            }
        }
    }

    /** Joins the parts of messages, and puts what has come into the queue. */
    static class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder octets = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
            text.append(part);
            if (isLast) events.add("text " + text);
            if (isLast) text.setLength(0);
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean isLast) {
            octets.append(StandardCharsets.ISO_8859_1.decode(part));
            if (isLast) events.add("binary " + octets);
            if (isLast) octets.setLength(0);
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
            events.add("pong " + StandardCharsets.ISO_8859_1.decode(payload));
            socket.request(1);
            return null;
        }

        // The library would answer by itself, but does not tell when it has done so.
        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            CompletableFuture<WebSocket> answer =
                socket.isOutputClosed()
                    ? CompletableFuture.completedFuture(socket)
                    : socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
            String event = code == 1006 ? "end without a Close frame" : "close " + code + " " + reason;
            return answer.whenComplete((it, error) -> events.add(event));
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            events.add("error " + error);
        }
    }

    static void expect(String got, String wanted) {
        if (!got.equals(wanted)) throw new AssertionError(shortened(got) + ", not " + shortened(wanted));
    }

    static void expectStart(String got, String wanted) {
        if (!got.startsWith(wanted)) throw new AssertionError(shortened(got) + ", not " + wanted);
    }

    static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) : text;
    }
}

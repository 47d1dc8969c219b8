// Plays a scenario of the interop grid with OkHttp 3, which has no permessage-deflate, and sends neither fragments nor Pings
// of the application. Argument: the server's address.

import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

public class Grid {
    static final Set<String> SCENARIOS =
        Set.of("open", "text", "binary", "subprotocol", "close-client", "close-server");
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
        Request.Builder request = new Request.Builder().url(url);
        // The library leaves subprotocols to the application.
        if (scenario.equals("subprotocol")) request.header("Sec-WebSocket-Protocol", "chat.v1, chat.v2");
        WebSocket socket = new OkHttpClient().newWebSocket(request.build(), new Listener());
        expect(events.take(), scenario.equals("subprotocol") ? "open chat.v2" : "open null");
        switch (scenario) {
            case "text" -> {
                socket.send("Grüße, 世界 👋");
                expect(events.take(), "text Grüße, 世界 👋");
            }
            case "binary" -> {
                byte[] octets = new byte[256];
                for (int value = 0; value < 256; value++) octets[value] = (byte) value;
                socket.send(ByteString.of(octets));
                expect(events.take(), "binary " + ByteString.of(octets).hex());
            }
        }
        switch (scenario) {
            case "close-client" -> {
                socket.close(3000, "client done");
                expectStart(events.take(), "close 3000 ");
            }
            case "close-server" -> {
                socket.send("bye");
                expect(events.take(), "close 3001 server done");
            }
            default -> {
                socket.close(1000, null);
                expectStart(events.take(), "close ");
            }
        }
    }

    /** Puts what has come into the queue. */
    static class Listener extends WebSocketListener {
        @Override
        public void onOpen(WebSocket socket, Response response) {
            events.add("open " + response.header("Sec-WebSocket-Protocol"));
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            events.add("text " + text);
        }

        @Override
        public void onMessage(WebSocket socket, ByteString octets) {
            events.add("binary " + octets.hex());
        }

        // The library does not answer a Close frame by itself.
        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            socket.close(1000, null);
        }

        @Override
        public void onClosed(WebSocket socket, int code, String reason) {
            events.add("close " + code + " " + reason);
        }

        @Override
        public void onFailure(WebSocket socket, Throwable error, Response response) {
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
